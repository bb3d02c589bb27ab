# Everything the build itself writes: SQL as checked constants, the catalogue of words, files packed into the program.
# tools/gen.py is the one mechanism; its results are included as "gen/…".
function(wb_gen)
  file(GLOB_RECURSE inputs CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/sql/*.sql ${CMAKE_SOURCE_DIR}/presets/* ${CMAKE_SOURCE_DIR}/templates/*
       ${CMAKE_SOURCE_DIR}/src/text/catalogue/*.txt)
  set(out ${CMAKE_BINARY_DIR}/gen)
  set(made ${out}/sql_store.h ${out}/sql_warehouse.h ${out}/words.h ${out}/words.cc ${out}/files.h ${out}/files.cc)
  add_custom_command(
    OUTPUT ${made}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/gen.py ${CMAKE_SOURCE_DIR} ${out}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/gen.py ${inputs}
    COMMENT "Packing SQL, words and files")
  add_library(wb_gen STATIC ${out}/words.cc ${out}/files.cc ${made})
  target_link_libraries(wb_gen PUBLIC wb_flags)
endfunction()
