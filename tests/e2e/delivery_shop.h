#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "port/act_store.h"
#include "tests/support/program.h"

namespace tests {

/// Makes a simulated shop in the program's folder, imports it and plans. Fails the test when something is wrong.
void make_shop(const Program& winback, int customers, std::string_view settings);

/// The folder's Store, beside the program that uses it.
std::unique_ptr<port::ActStore> store_of(const Program& winback);

/// Makes the campaign look as if it had been launched then: the waves of its plan enter so many days later.
void launched_at(port::ActStore& store, std::string_view campaign, base::Instant at);

/// The value of a header of a letter, unfolded; empty when it is not there.
std::string header_of(std::string_view letter, std::string_view name);

/// "https://news.shop.example/u/x" of List-Unsubscribe, as its path "/u/x".
std::string unsubscribe_path(std::string_view letter);

}  // namespace tests
