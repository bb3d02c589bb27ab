#include "program/cli.h"

int main(int argc, char** argv) { return program::run(argc, argv); }
