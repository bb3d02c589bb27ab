#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace base {

/// SHA-256 of bytes that come in pieces. One object, one digest.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);

  /// 64 lower-case hex digits; call once, last.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace base
