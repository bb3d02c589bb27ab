#include "liquid/value.h"

#include <cstdlib>
#include <new>

#include "base/error.h"
#include "liquid/object.h"

namespace liquid {
namespace {

/// The items of an owned array follow this head in one allocation.
struct alignas(16) ArrayHead {
  std::size_t capacity;
};

ArrayHead* head_of(const Cell* items) { return reinterpret_cast<ArrayHead*>(const_cast<Cell*>(items)) - 1; }

Cell* grow(const Cell* items, std::size_t capacity) {
  void* block = std::realloc(items == nullptr ? nullptr : static_cast<void*>(head_of(items)),
                             sizeof(ArrayHead) + capacity * sizeof(Cell));
  if (block == nullptr) throw std::bad_alloc();
  auto* head = static_cast<ArrayHead*>(block);
  head->capacity = capacity;
  return reinterpret_cast<Cell*>(head + 1);
}

const char* copy_of(std::string_view text) {
  char* bytes = new char[text.size()];
  std::memcpy(bytes, text.data(), text.size());
  return bytes;
}

void free_cell(Cell& cell) {
  if (!cell.owned) return;
  if (cell.type == Type::string) {
    delete[] cell.text;
  } else if (cell.type == Type::array && cell.items != nullptr) {
    for (std::size_t i = 0; i < cell.size; ++i) free_cell(const_cast<Cell&>(cell.items[i]));
    std::free(head_of(cell.items));
  } else if (cell.type == Type::object) {
    auto* object = const_cast<Object*>(cell.object);
    for (Member& member : object->members) {
      free_cell(member.value);
      if (member.owns_key) delete[] member.key.data;
    }
    delete object;
  }
  cell = {};
}

void put_in_table(Object& object, std::uint32_t index) {
  const std::size_t mask = object.table.size() - 1;
  std::size_t place = object.members[index].key.hash & mask;
  while (object.table[place] != 0) place = (place + 1) & mask;
  object.table[place] = index + 1;
}

}  // namespace

const Cell* Object::find_in_table(const Key& key) const {
  const std::size_t mask = table.size() - 1;
  for (std::size_t place = key.hash & mask; table[place] != 0; place = (place + 1) & mask) {
    const Member& member = members[table[place] - 1];
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Value::Value(std::string_view text) {
  if (text.empty()) {
    cell_ = Cell::of_text("");
    return;
  }
  cell_ = Cell::of_text({copy_of(text), text.size()});
  cell_.owned = true;
}

Value Value::array(std::size_t reserve) {
  Value value;
  value.cell_ = Cell::of_items(reserve == 0 ? nullptr : grow(nullptr, reserve), 0);
  value.cell_.owned = true;
  return value;
}

Value Value::object(std::size_t reserve) {
  Value value;
  value.cell_ = Cell::of_type(Type::object);
  auto* object = new Object;
  object->members.reserve(reserve);
  value.cell_.object = object;
  value.cell_.owned = true;
  return value;
}

Value Value::borrowed(std::string_view text) {
  Value value;
  value.cell_ = Cell::of_text(text);
  return value;
}

Value Value::safe(std::string_view html) {
  Value value(html);
  value.cell_.safe = true;
  return value;
}

Value& Value::push(Value item) {
  WB_CHECK(cell_.type == Type::array);
  const std::size_t capacity = cell_.items == nullptr ? 0 : head_of(cell_.items)->capacity;
  if (cell_.size == capacity) cell_.items = grow(cell_.items, capacity == 0 ? 8 : capacity * 2);
  static_assert(sizeof(Value) == sizeof(Cell));
  Cell* place = const_cast<Cell*>(cell_.items) + cell_.size++;
  *place = item.cell_;
  item.cell_ = {};
  return *reinterpret_cast<Value*>(place);
}

Value& Value::set_member(Key key, Value item, bool copy) {
  WB_CHECK(cell_.type == Type::object);
  auto* object = const_cast<Object*>(cell_.object);
  if (const Cell* present = object->find(key)) {
    auto& old = const_cast<Cell&>(*present);
    free_cell(old);
    old = item.cell_;
    item.cell_ = {};
    return *this;
  }
  if (copy) key.data = copy_of(key.view());
  object->members.push_back({key, item.cell_, copy});
  item.cell_ = {};
  const std::size_t count = object->members.size();
  if (count > Object::kFewMembers) {
    if (object->table.size() < count * 2) {
      object->table.assign(std::max<std::size_t>(64, object->table.size() * 2), 0);
      for (std::uint32_t i = 0; i < count; ++i) put_in_table(*object, i);
    } else {
      put_in_table(*object, static_cast<std::uint32_t>(count - 1));
    }
  }
  return *this;
}

std::size_t Value::size() const {
  if (cell_.type == Type::object) return cell_.object->members.size();
  return cell_.type == Type::string || cell_.type == Type::array ? cell_.size : 0;
}

Cell Value::find(std::string_view name) const {
  if (cell_.type != Type::object) return {};
  const Cell* found = cell_.object->find(Key(name));
  if (found == nullptr) return {};
  Cell view = *found;
  view.owned = false;
  return view;
}

void Value::clear() { free_cell(cell_); }

const Cell* find_member(const Object& object, const Key& key) { return object.find(key); }
std::size_t member_count(const Object& object) { return object.members.size(); }
const Member& member_at(const Object& object, std::size_t index) { return object.members[index]; }

}  // namespace liquid
