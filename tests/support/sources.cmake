# Also compiled into otlp_receiver_test, which stays without sanitizers.
set(ERGON_TEST_SUPPORT_SOURCES "")
foreach(name child_process reserved_port spawn test_certificate)
  list(APPEND ERGON_TEST_SUPPORT_SOURCES ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp)
endforeach()
if(ERGON_TELEMETRY)
  list(APPEND ERGON_TEST_SUPPORT_SOURCES ${CMAKE_CURRENT_LIST_DIR}/otlp_receiver.cpp)
endif()
