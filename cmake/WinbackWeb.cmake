# The web console: built by Vite when its sources change, and packed into the program (gen/web.h).
function(wb_web)
  set(web ${CMAKE_SOURCE_DIR}/web)
  set(out ${CMAKE_BINARY_DIR}/gen)
  find_program(NODE NAMES node nodejs REQUIRED)
  if(NOT EXISTS ${web}/node_modules/vite/bin/vite.js)
    message(FATAL_ERROR "what builds the console is not in web/node_modules: run ./dev web (or any other verb that builds) once")
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
       ${web}/src/*.ts ${web}/src/*.tsx ${web}/src/*.css ${web}/public/* ${web}/tools/*.mjs
       ${CMAKE_SOURCE_DIR}/src/text/catalogue/*.txt)
  list(FILTER sources EXCLUDE REGEX "/web/src/gen/")
  set(made ${out}/web.h ${out}/web.cc ${out}/web.S)
  add_custom_command(
    OUTPUT ${made} ${CMAKE_BINARY_DIR}/web.packed
    COMMAND ${NODE} tools/words.mjs
    COMMAND ${NODE} tools/access.mjs
    COMMAND ${CMAKE_COMMAND} -E env WINBACK_WEB_OUT=${CMAKE_BINARY_DIR}/web
            ${NODE} node_modules/vite/bin/vite.js build --logLevel warn
    COMMAND ${NODE} tools/pack.mjs ${CMAKE_BINARY_DIR}/web ${out}
    COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/web.packed
    DEPENDS ${sources} ${web}/index.html ${web}/vite.config.ts ${web}/package-lock.json ${CMAKE_SOURCE_DIR}/api/openapi.yaml
    WORKING_DIRECTORY ${web}
    COMMENT "Building the console")
  add_library(wb_web STATIC ${out}/web.cc ${out}/web.S ${made})
  target_include_directories(wb_web PUBLIC ${CMAKE_BINARY_DIR})

  # What needs no browser: formats, conditions, words, layout, sizes.
  file(GLOB tests CONFIGURE_DEPENDS ${web}/test/*.test.mjs)
  add_test(NAME console_units COMMAND ${NODE} --test ${tests} WORKING_DIRECTORY ${web})
  add_test(NAME console_types COMMAND ${CMAKE_COMMAND} -E env PATH=${web}/node_modules/.bin:$ENV{PATH} sh ${web}/tools/types.sh WORKING_DIRECTORY ${web})
  add_test(NAME console_size COMMAND ${NODE} tools/size.mjs ${CMAKE_BINARY_DIR}/web WORKING_DIRECTORY ${web})
  # A first look in a browser; every page in every language and theme: node web/test/browser.mjs.
  add_test(NAME console_browser
           COMMAND ${NODE} test/browser.mjs --folder ${CMAKE_BINARY_DIR}/web --shots ${CMAKE_BINARY_DIR}/web-shots --langs en,zh-CN
                   --sizes phone --themes light --only home,customer,plan,campaign,import
           WORKING_DIRECTORY ${web})
  add_test(NAME console_paths COMMAND ${NODE} test/paths.mjs --folder ${CMAKE_BINARY_DIR}/web WORKING_DIRECTORY ${web})
  set_tests_properties(console_browser console_paths PROPERTIES LABELS e2e)
  set_tests_properties(console_units console_types console_size console_browser console_paths PROPERTIES TIMEOUT 180)
endfunction()
