# Everything the build itself writes: SQL as checked constants, the catalogue of words, files packed into the program.
# tools/gen.py is the one mechanism; its results are included as "gen/…".
function(wb_gen)
  file(GLOB_RECURSE inputs CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/sql/*.sql ${CMAKE_SOURCE_DIR}/presets/* ${CMAKE_SOURCE_DIR}/templates/*
       ${CMAKE_SOURCE_DIR}/src/text/catalogue/*.txt ${CMAKE_SOURCE_DIR}/api/openapi.yaml)
  set(out ${CMAKE_BINARY_DIR}/gen)
  set(made ${out}/sql_store.h ${out}/sql_warehouse.h ${out}/words.h ${out}/words.cc ${out}/files.h ${out}/files.cc
      ${out}/routes.h ${out}/routes.cc ${out}/requests.h ${out}/requests.cc)
  # Letters are compiled when they are edited; node and mjml-browser are what ./dev installed.
  find_program(NODE NAMES node nodejs REQUIRED)
  set(mjml ${CMAKE_SOURCE_DIR}/build/npm/node_modules/mjml-browser)
  if(NOT EXISTS ${mjml}/lib/index.js)
    message(FATAL_ERROR "mjml-browser is not in build/npm: run ./dev release (or any other verb that builds) once")
  endif()
  file(GLOB_RECURSE letters CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/templates/*.mjml)
  add_custom_command(
    OUTPUT ${out}/letters.compiled
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${CMAKE_SOURCE_DIR}/build/npm/node_modules
            ${NODE} ${CMAKE_SOURCE_DIR}/tools/mjml.cjs ${CMAKE_SOURCE_DIR}/templates ${out}
    COMMAND ${CMAKE_COMMAND} -E touch ${out}/letters.compiled
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/mjml.cjs ${letters}
    COMMENT "Compiling letters")
  # Beside the program lies what compiles a user's own letters.
  add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/mjml/mjml.cjs
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/tools/mjml.cjs ${CMAKE_BINARY_DIR}/mjml/mjml.cjs
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${mjml} ${CMAKE_BINARY_DIR}/mjml/mjml-browser
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/mjml.cjs ${mjml}/lib/index.js
    COMMENT "Copying the compiler of letters")
  add_custom_target(wb_mjml DEPENDS ${CMAKE_BINARY_DIR}/mjml/mjml.cjs)
  add_custom_command(
    OUTPUT ${made}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/gen.py ${CMAKE_SOURCE_DIR} ${out}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/gen.py ${inputs} ${out}/letters.compiled
    COMMENT "Packing SQL, words and files")
  add_library(wb_gen STATIC ${out}/words.cc ${out}/files.cc ${out}/routes.cc ${out}/requests.cc ${made})
  target_link_libraries(wb_gen PUBLIC wb_flags)
endfunction()
