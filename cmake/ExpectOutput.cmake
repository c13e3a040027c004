# Runs a program and fails unless it exits with 0 and its output has TEXT; only a test's own PASS_REGULAR_EXPRESSION
# would not look at the exit code.
#   cmake -DTEXT=text -P ExpectOutput.cmake -- PROGRAM ARGUMENTS...
set(command)
set(is_command FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(index RANGE ${last})
  if(is_command)
    list(APPEND command "${CMAKE_ARGV${index}}")
  elseif(CMAKE_ARGV${index} STREQUAL "--")
    set(is_command TRUE)
  endif()
endforeach()
execute_process(COMMAND ${command} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
string(FIND "${output}" "${TEXT}" found)
if(NOT status EQUAL 0 OR found EQUAL -1)
  message(FATAL_ERROR "exit code ${status}; expected 0 and \"${TEXT}\" in\n${output}\n${errors}")
endif()
