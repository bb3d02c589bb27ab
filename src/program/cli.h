#pragma once

namespace program {

/// The program: reads the command line, runs one verb, returns the exit status (0 ok, 1 failed, 2 usage).
int run(int argc, char** argv);

}  // namespace program
