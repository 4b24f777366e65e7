#include "commands.hpp"

int main(int argc, char** argv) {
  using namespace rlrun::commands;
  return rlrun::cli::main(
      argc, argv,
      with_manual({sweep(), run(), eval(), render(), replay(), list(), describe(), table(), plot(),
                   status(), digest(), check(), bench(), scaffold()}));
}
