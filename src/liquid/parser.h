#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "liquid/expressions.h"
#include "liquid/program.h"
#include "liquid/template.h"
#include "liquid/tokens.h"

namespace liquid {

/// Turns the tokens of one text into a program; throws Failure.
class Parser {
 public:
  Parser(Program& program, const ParseOptions& options)
      : program_(program), options_(options), expressions_(program, options) {}
  void parse();

 private:
  /// Tokens of the text, or of the lines of one `liquid` tag.
  struct Stream {
    std::vector<Token> tokens;
    std::size_t next = 0;
  };
  /// Blocks and whether nothing in them shows: then their white space is not shown either.
  struct Parsed {
    Block block;
    bool blank = true;
  };

  /// Reads up to one of the `ends` (which becomes `end_`), or to the end of the stream when there are none.
  Parsed block(Stream& stream, std::span<const std::string_view> ends, const Token& opened);
  Block store(std::vector<Node>&& nodes);
  void strip(Block& block);

  /// Each appends its node; returns whether it shows nothing.
  bool tag(Stream& stream, const Token& token, std::vector<Node>& nodes);
  bool output(const Token& token, std::string_view markup, std::vector<Node>& nodes);
  bool assign(const Token& token, std::vector<Node>& nodes);
  bool capture(Stream& stream, const Token& token, std::vector<Node>& nodes);
  bool condition(Stream& stream, const Token& token, std::vector<Node>& nodes);
  bool choice(Stream& stream, const Token& token, std::vector<Node>& nodes);
  bool loop(Stream& stream, const Token& token, std::vector<Node>& nodes);
  bool partial(const Token& token, std::vector<Node>& nodes);
  bool cycle(const Token& token, std::vector<Node>& nodes);
  bool counter(const Token& token, std::vector<Node>& nodes);
  bool if_changed(Stream& stream, const Token& token, std::vector<Node>& nodes);
  bool lines(const Token& token, std::vector<Node>& nodes);
  void comment(Stream& stream, const Token& token);
  [[noreturn]] void unknown(const Token& token);

  Words words(const Token& token) const { return Words(program_.text, token.text); }

  Program& program_;
  const ParseOptions& options_;
  Expressions expressions_;
  Token end_;  ///< the tag that ended the last block
  std::size_t depth_ = 0;
};

}  // namespace liquid
