// make_golden FOLDER [NAME...]: writes the golden captures, or only those named, into a folder.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "tests/golden/goldens.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    std::cerr << "usage: make_golden FOLDER [NAME...]\n";
    return 2;
  }
  try {
    for (const plaintalk::golden::Golden& golden : plaintalk::golden::goldens()) {
      const std::filesystem::path file = std::filesystem::path(arguments[0]) / golden.file_name;
      if (arguments.size() > 1 &&
          std::find(arguments.begin() + 1, arguments.end(), file.stem().string()) == arguments.end())
        continue;
      std::ofstream out(file, std::ios::binary);
      out << golden.make();
      if (!out.flush()) throw std::runtime_error(file.string() + ": cannot be written");
    }
  } catch (const std::exception& error) {
    std::cerr << "make_golden: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
