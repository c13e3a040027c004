# What every target of ours is compiled with.
include_guard()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(ERGON_CCACHE ccache)
if(ERGON_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers are cached, too, when ccache need not mind their macros and times; and what one clone has
  # compiled, others need not, wherever they are.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=true ${ERGON_CCACHE})
endif()
find_program(ERGON_MOLD mold)
if(ERGON_MOLD AND NOT ERGON_SANITIZE)
  add_link_options(-fuse-ld=mold)
endif()

# Warnings and hardening of our own code; users of the library do not inherit them.
add_library(ergon_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(ergon_warnings INTERFACE -fpch-preprocess -Wshadow=local)
  # The compiler collects its garbage above a gigabyte only: an eighth of its time.
  target_compile_options(ergon_warnings INTERFACE "SHELL:--param ggc-min-heapsize=1048576")
endif()
target_compile_options(ergon_warnings INTERFACE -Wall -Wextra -Wpedantic -Wno-missing-field-initializers)

# Every target but the test receiver: grpc++ in a process gives TSan false reports.
add_library(ergon_sanitizers INTERFACE)
if(ERGON_SANITIZE)
  target_compile_options(ergon_sanitizers INTERFACE -fsanitize=${ERGON_SANITIZE} -fno-omit-frame-pointer -g1)
  target_link_options(ergon_sanitizers INTERFACE -fsanitize=${ERGON_SANITIZE})
  foreach(name ADDRESS THREAD)  # the compilers agree on no macro of theirs
    string(TOLOWER ${name} sanitizer)
    if(ERGON_SANITIZE MATCHES ${sanitizer})
      target_compile_definitions(ergon_sanitizers INTERFACE ERGON_SANITIZED_${name})
    endif()
  endforeach()
  if(ERGON_SANITIZE MATCHES "undefined")
    target_compile_options(ergon_sanitizers INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
