# Packages without CMake files of their own. ergon_find_library(re2 re2/re2.h) finds RE2_INCLUDE_DIR and RE2_LIBRARY,
# and makes the target ergon::re2 of the latter; without a header it looks for the library alone. Installed beside
# ergonConfig.cmake, too, as users of the static libraries link them by these names.
include_guard(GLOBAL)

function(ergon_find_library name)
  string(TOUPPER ${name} prefix)
  if(ARGC GREATER 1)
    find_path(${prefix}_INCLUDE_DIR ${ARGV1} REQUIRED)
  endif()
  find_library(${prefix}_LIBRARY ${name})
  if(${prefix}_LIBRARY AND NOT TARGET ergon::${name})
    add_library(ergon::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(ergon::${name} PROPERTIES IMPORTED_LOCATION ${${prefix}_LIBRARY})
  elseif(ARGC GREATER 1 AND NOT ${prefix}_LIBRARY)
    message(FATAL_ERROR "no library ${name}")
  endif()
endfunction()
