#pragma once

#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "liquid/arena.h"
#include "liquid/compare.h"
#include "liquid/filter.h"
#include "liquid/object.h"
#include "liquid/output.h"
#include "liquid/program.h"
#include "liquid/template.h"

namespace liquid {

/// A round of a loop; what `forloop` and `tablerowloop` are.
struct Loop {
  Key name;
  std::uint64_t index = 0;
  std::uint64_t length = 0;
  std::uint64_t columns = 0;
  const Loop* parent = nullptr;
};

/// A pile that begins in place and goes on in the arena.
template <class T, std::size_t N>
class Pile {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  explicit Pile(Arena& arena) : arena_(arena), items_(reinterpret_cast<T*>(first_)) {}
  Pile(const Pile&) = delete;
  Pile& operator=(const Pile&) = delete;

  void push(const T& item) {
    if (size_ == capacity_) {
      T* more = static_cast<T*>(arena_.take(capacity_ * 2 * sizeof(T)));
      std::memcpy(static_cast<void*>(more), items_, size_ * sizeof(T));
      items_ = more;
      capacity_ *= 2;
    }
    new (items_ + size_++) T(item);
  }
  T& operator[](std::size_t i) { return items_[i]; }
  std::size_t size() const { return size_; }
  void shrink(std::size_t size) { size_ = size; }

 private:
  Arena& arena_;
  alignas(T) std::byte first_[N * sizeof(T)];
  T* items_;
  std::size_t size_ = 0;
  std::size_t capacity_ = N;
};

/// One rendering of one template. Throws Failure.
class Renderer {
 public:
  Renderer(const Program& program, const Value& data, const RenderOptions& options, Output& out);
  void run() { block(program_->body); }

  const Program& program() const { return *program_; }
  /// Where the rendering is, for a Failure that does not say.
  std::uint32_t at() const { return at_; }

 private:
  enum class Flow : std::uint8_t { next, leave, again };
  struct Local {
    Key name;
    Cell value;
  };
  struct Continued {
    Key name;
    std::uint64_t next = 0;
  };
  struct Counted {
    Key name;
    std::int64_t value = 0;
  };

  Flow block(const Block& block);
  Flow condition(const Node& node);
  Flow choice(const Node& node);
  Flow loop(const Node& node);
  void table(const Node& node);
  Flow include(const Node& node);
  void render(const Node& node);
  void assign(const Key& name, const Cell& value);
  void capture(const Node& node, Flow& flow);
  void if_changed(const Node& node, Flow& flow);
  void cycle(const Node& node);
  void count(const Node& node, std::int64_t step);
  bool holds(std::uint32_t first, std::uint32_t count);
  bool holds(const Comparison& comparison);
  bool contains(const Cell& left, const Cell& right);

  /// `required`: in strict mode nil is an error.
  Cell value(std::uint32_t expr, bool required);
  Cell path(const Expr& expr, bool required);
  Cell root(const Key& name);
  Cell step(const Cell& from, const Segment& segment);
  Cell member(const Cell& from, const Key& key, Property property);
  Cell property_of_loop(const Cell& from, std::string_view name);
  Cell chain(const Chain& chain);
  void write(const Cell& cell, int depth = 0);

  /// What a loop goes over: items of a list, numbers of a range, members, or one text.
  struct Rounds {
    Cell list;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    bool reversed = false;
  };
  Rounds rounds(const LoopTag& tag);
  Cell item(const Rounds& rounds, std::uint64_t index);
  Loop& new_loop(const Loop& loop);
  std::optional<std::int64_t> whole(std::uint32_t expr, std::string_view what);
  const Template& partial(const Cell& name);
  Flow run_partial(const Program& program);

  void count_step() {
    if (--steps_left_ <= next_look_) look_at_clock();
  }
  void look_at_clock();
  [[noreturn]] void fail(std::string sentence, std::uint32_t at = Failure::kHere) const;
  [[noreturn]] void fail_missing(const Expr& expr) const;

  const Program* program_;
  const Cell data_;
  const RenderOptions& options_;
  Output& out_;
  Arena arena_;
  std::uint64_t steps_left_;
  std::uint64_t next_look_ = 0;
  std::uint64_t rounds_left_;
  std::int64_t deadline_ = 0;
  std::size_t depth_left_;
  std::uint32_t at_ = 0;
  FilterContext filters_;

  std::uint64_t names_seen_ = 0;  ///< a bit by hash for every name in the piles below: most look-ups skip them
  Pile<Local, 24> frames_;        ///< variables of loops and arguments of partials
  Pile<Local, 16> assigned_;
  Pile<Counted, 4> counters_;
  Pile<Counted, 4> cycles_;
  Pile<Continued, 8> continued_;
  std::size_t frames_from_ = 0, assigned_from_ = 0, counters_from_ = 0;  ///< `render` sees no further
  const Loop* loop_ = nullptr;
  Cell last_changed_;
};

}  // namespace liquid
