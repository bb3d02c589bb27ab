#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace base {

/// What kind of failure it is; callers branch on this, never on the message.
enum class Code : std::uint8_t {
  invalid_input,  ///< the caller's data or arguments; the message says where and what to do
  not_found,
  conflict,     ///< somebody else holds it, or it exists already
  unavailable,  ///< a peer is not there; trying again later may help
  exhausted,    ///< disk, memory or a limit
  timeout,
  unsupported,
  corrupt,   ///< stored bytes are not what was written
  internal,  ///< a defect of ours
};

/// A failure with one sentence for a person. The message says what happened, where, and what to do.
struct Error {
  Code code = Code::internal;
  std::string message;
};

template <class T>
using Result = std::expected<T, Error>;

/// The stable name of a code, as it stands in JSON.
std::string_view name_of(Code code);


/// Whether the same call may succeed later with nothing changed by the caller.
bool is_retryable(Code code);

template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(Code code, fmt::format_string<Args...> text, Args&&... args) {
  return std::unexpected(Error{code, fmt::format(text, std::forward<Args>(args)...)});
}

/// Aborts with the place and the sentence: a broken invariant of ours, never bad input.
[[noreturn]] void check_failed(const char* file, int line, const char* condition);

}  // namespace base

#define WB_CONCAT_(a, b) a##b
#define WB_CONCAT(a, b) WB_CONCAT_(a, b)

/// Evaluates a Result expression; on failure returns its error from the enclosing function. The expression may hold a
/// lambda that uses these macros itself: every use has a name of its own.
#define WB_TRY(expr) WB_TRY_(WB_CONCAT(wb_result_, __COUNTER__), expr)
#define WB_TRY_(name, expr)                                                          \
  do {                                                                               \
    if (auto name = (expr); !name) return std::unexpected(std::move(name).error()); \
  } while (false)

/// `WB_ASSIGN(auto value, fallible())`: the value, or the error returned from the enclosing function.
#define WB_ASSIGN(target, expr) WB_ASSIGN_(WB_CONCAT(wb_result_, __COUNTER__), target, expr)
#define WB_ASSIGN_(name, target, expr)                          \
  auto name = (expr);                                           \
  if (!name) return std::unexpected(std::move(name).error());   \
  target = std::move(*name)

#define WB_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::base::check_failed(__FILE__, __LINE__, #condition))
