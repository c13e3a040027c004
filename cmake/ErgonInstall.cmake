# What `cmake --install` puts where: headers, libraries, ergon-read-rings, and what find_package and pkg-config read.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/include/ergon
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING
  PATTERN *.hpp)
install(
  TARGETS ergon_telemetry ergon
  EXPORT ergonTargets
  INCLUDES
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(ERGON_TELEMETRY)
  install(TARGETS ergon-read-rings)
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ergon)
install(EXPORT ergonTargets NAMESPACE ergon:: DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/ergonConfig.cmake.in ${PROJECT_BINARY_DIR}/ergonConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
# Until 1.0 a minor version may change anything.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ergonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ergonConfig.cmake ${PROJECT_BINARY_DIR}/ergonConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/ErgonFindLibrary.cmake DESTINATION ${package_dir})

# Their prefix is where they lie, as `cmake --install --prefix` may put them elsewhere than was configured.
set(pc_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_prefix ${pc_dir} ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH pc_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
set(pc_requires fmt)
set(pc_libs)
set(pc_cflags)
if(NOT BUILD_SHARED_LIBS)
  # Not Requires.private: there is no shared library of which `pkg-config --libs` could be the answer.
  string(APPEND pc_requires " yaml-cpp re2")
  if(ERGON_TELEMETRY)
    string(APPEND pc_requires " libxxhash libcurl zlib")
  endif()
  set(pc_libs " -Wl,-z,nodelete -pthread")
endif()
if(NOT ERGON_TELEMETRY)
  set(pc_cflags " -DERGON_TELEMETRY_OFF")
endif()
foreach(name ergon-telemetry ergon)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
