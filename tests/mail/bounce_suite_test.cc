// Bounces and complaints that real mail servers wrote.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "act/respond/bounce.h"
#include "tests/mail/suite_json.h"
#include "tests/support/tally.h"

namespace {

using act::respond::Decision;
using act::respond::name_of;
using act::respond::read_report;
using act::respond::Report;
using act::respond::Reported;
using act::respond::ReportKind;

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_machine_readable(const std::string& bytes) {
  const std::string lower = lowered(bytes);
  return lower.find("message/delivery-status") != std::string::npos ||
         lower.find("message/feedback-report") != std::string::npos;
}

/// What the lines of the report's own machine-readable part say, read by a scanner apart from the product's: the first
/// such part up to its boundary.
std::vector<std::string> stated(const std::string& bytes, const std::string& field) {
  const std::string lower = lowered(bytes);
  const std::size_t begin = lower.find("message/delivery-status");
  if (begin == std::string::npos) return {};
  std::size_t end = lower.find("\n--", begin);
  end = std::min(end, lower.size());
  std::vector<std::string> values;
  std::istringstream lines{lower.substr(begin, end - begin)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(field + ":")) continue;
    const std::size_t first = line.find_first_not_of(" \t", field.size() + 1);
    if (first != std::string::npos) values.push_back(line.substr(first, line.find_first_of(" \r(", first) - first));
  }
  return values;
}

std::vector<std::string> addresses_of(const std::string& bytes, const std::string& field) {
  std::vector<std::string> addresses;
  const std::string lower = lowered(bytes);
  for (std::size_t at = lower.find(field + ":"); at != std::string::npos; at = lower.find(field + ":", at + 1)) {
    const std::size_t end = std::min(lower.find('\n', at), lower.size());
    std::string value = lower.substr(at + field.size() + 1, end - at - field.size() - 1);
    if (const std::size_t type = value.find(';'); type != std::string::npos) value.erase(0, type + 1);
    const std::size_t first = value.find_first_not_of(" \t<");
    if (first != std::string::npos)
      addresses.push_back(value.substr(first, value.find_first_of(" \r>", first) - first));
  }
  return addresses;
}

struct Rates {
  int cases = 0, decided = 0, wrong_hard = 0, missed = 0;
  void add(Decision got, const std::string& wanted) {
    ++cases;
    const bool both = wanted == "hard-or-soft" && (got == Decision::hard || got == Decision::soft);
    if (both || name_of(got) == wanted) {
      ++decided;
    } else if (got == Decision::hard) {
      ++wrong_hard;
    } else {
      ++missed;
    }
  }
  void print(const char* name) const {
    std::printf("bounce-corpus, %s: %d of %d decisions as published (%.1f %%), %d wrong hard (%.1f %%), %d otherwise\n",
                name, decided, cases, 100.0 * decided / cases, wrong_hard, 100.0 * wrong_hard / cases, missed);
  }
};

void note(const std::string& file, const Reported& got, const std::string& wanted) {
  if (std::getenv("WINBACK_SHOW_MISSES") == nullptr) return;
  std::printf("  %s: %s, not %s [%s %d] %s\n", file.c_str(), std::string{name_of(got.decision)}.c_str(), wanted.c_str(),
              got.status.c_str(), got.smtp_code, got.diagnostic.substr(0, 220).c_str());
}

TEST(BounceSuite, MachineReadableReportsAreReadExactly) {
  WB_NEED_SHARED(folder, "suites/bounce-corpus");
  tests::Tally tally{"bounce-corpus level 2 (recipient, status, action)"};
  for (const auto& one : tests::read_json(folder / "expected-sisimai.json")) {
    const auto file = one.at("file").get<std::string>();
    const std::string bytes = tests::read_file(folder / file);
    if (!is_machine_readable(bytes) || one.contains("not_a_bounce")) continue;
    const Report report = read_report(bytes);
    const auto& wanted = one.at("recipients");
    const auto statuses = stated(bytes, "status"), actions = stated(bytes, "action"),
               finals = addresses_of(bytes, "final-recipient"), originals = addresses_of(bytes, "original-recipient");
    if (report.kind == ReportKind::feedback) {
      EXPECT_EQ(report.feedback_type, wanted[0].at("feedback_type").get<std::string>()) << file;
      EXPECT_EQ(report.recipients.size(), wanted.size()) << file;
      for (const Reported& got : report.recipients) EXPECT_EQ(name_of(got.decision), wanted[0].at("decision")) << file;
    } else if (!statuses.empty()) {
      EXPECT_EQ(report.kind, ReportKind::delivery_status) << file;
      if (file == "sisimai/rfc3464-28.eml") {
        EXPECT_EQ(report.recipients.size(), 1U);  // the file holds two messages; a server hands over one at a time
      } else {
        EXPECT_EQ(report.recipients.size(), wanted.size()) << file;
      }
      for (std::size_t i = 0; i < std::min(report.recipients.size(), wanted.size()); ++i) {
        const Reported& got = report.recipients[i];
        // "RFC822; @mx.example.org" is what one server wrote: no address is right there.
        const auto own = [&](const std::string& address) {
          return lowered(got.address) == address || address.starts_with('@');
        };
        EXPECT_TRUE(std::ranges::any_of(finals, own) || std::ranges::any_of(originals, own))
            << file << ' ' << got.address;
        if (i < actions.size()) {
          EXPECT_EQ(got.action, actions[i]) << file;
        }
        // The published expectation says more where the server's own words do; the report's status is right as well.
        const auto refined = wanted[i].at("status").get<std::string>();
        EXPECT_TRUE(got.status == refined || (i < statuses.size() && got.status == statuses[i]))
            << file << ' ' << got.status << ", not " << refined;
      }
    }
    tally.end_of_case();
  }
  EXPECT_GT(tally.cases(), 140);
}

TEST(BounceSuite, DecisionsOfSisimaisCorpus) {
  WB_NEED_SHARED(folder, "suites/bounce-corpus");
  Rates machine, free_form;
  for (const auto& one : tests::read_json(folder / "expected-sisimai.json")) {
    const auto file = one.at("file").get<std::string>();
    const std::string bytes = tests::read_file(folder / file);
    const Report report = read_report(bytes);
    if (one.contains("not_a_bounce")) {
      EXPECT_TRUE(report.recipients.empty()) << file;
      continue;
    }
    Rates& rates = is_machine_readable(bytes) ? machine : free_form;
    const auto& wanted = one.at("recipients");
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Reported got = i < report.recipients.size() ? report.recipients[i] : Reported{};
      const auto decision = wanted[i].at("decision").get<std::string>();
      const int before = rates.decided;
      rates.add(got.decision, decision);
      if (rates.decided == before) note(file, got, decision + " " + wanted[i].at("reason").get<std::string>());
    }
    for (std::size_t i = wanted.size(); i < report.recipients.size(); ++i) {
      if (report.recipients[i].decision == Decision::hard) {
        ++rates.wrong_hard;  // somebody nobody spoke of
        note(file, report.recipients[i], "nobody");
      }
    }
  }
  machine.print("machine-readable");
  free_form.print("free form");
  EXPECT_EQ(machine.wrong_hard, 0);
  EXPECT_LE(free_form.wrong_hard * 100, free_form.cases * 2);
  EXPECT_GE(machine.decided * 100, machine.cases * 90);
  EXPECT_GE(free_form.decided * 100, free_form.cases * 60);
}

TEST(BounceSuite, RecipientsOfFluflsCorpus) {
  WB_NEED_SHARED(folder, "suites/bounce-corpus");
  int files = 0, right = 0, found = 0, wanted_count = 0, wrong_hard = 0, machine_wrong_hard = 0, hards = 0;
  for (const auto& one : tests::read_json(folder / "expected-flufl.json")) {
    const auto file = one.at("file").get<std::string>();
    const std::string bytes = tests::read_file(folder / file);
    std::set<std::string> permanent, temporary, got_any;
    for (const auto& address : one.at("permanent")) permanent.insert(lowered(address));
    for (const auto& address : one.at("temporary")) temporary.insert(lowered(address));
    for (const Reported& got : read_report(bytes).recipients) {
      const std::string address = lowered(got.address);
      got_any.insert(address);
      hards += got.decision == Decision::hard;
      if (got.decision == Decision::hard && !permanent.contains(address)) {
        ++wrong_hard;
        machine_wrong_hard += is_machine_readable(bytes);
        note(file, got, "wrong");
      }
    }
    std::set<std::string> wanted = permanent;
    wanted.insert(temporary.begin(), temporary.end());
    int here = 0;
    for (const std::string& address : wanted) here += got_any.contains(address);
    found += here;
    wanted_count += static_cast<int>(wanted.size());
    ++files;
    right += here == static_cast<int>(wanted.size());
    if (here != static_cast<int>(wanted.size()) && std::getenv("WINBACK_SHOW_MISSES") != nullptr)
      std::printf("  %s: %d of %zu found\n", file.c_str(), here, wanted.size());
  }
  std::printf(
      "bounce-corpus, flufl: all recipients found in %d of %d files (%d of %d recipients), %d hard, %d of them wrong\n",
      right, files, found, wanted_count, hards, wrong_hard);
  EXPECT_EQ(machine_wrong_hard, 0);
  EXPECT_LE(wrong_hard * 100, wanted_count * 2);
  EXPECT_GE(right * 100, files * 70);
}

TEST(BounceSuite, FeedbackReports) {
  WB_NEED_SHARED(folder, "suites/bounce-corpus/arf-stalwart");
  tests::Tally tally{"bounce-corpus arf-stalwart"};
  for (const char* name : {"001", "003", "005"}) {
    const auto wanted = tests::read_json(folder / (std::string{name} + ".json"));
    const Report report = read_report(tests::read_file(folder / (std::string{name} + ".eml")));
    std::string type = report.feedback_type;
    std::erase(type, '-');
    EXPECT_EQ(type, lowered(wanted.at("feedback_type"))) << name;
    EXPECT_EQ(report.kind, ReportKind::feedback);
    ASSERT_EQ(report.recipients.size(), 1U);
    EXPECT_EQ(report.recipients[0].decision, type == "abuse" ? Decision::complaint : Decision::none) << name;
    if (wanted.at("original_rcpt_to").is_string()) {
      EXPECT_EQ("<" + report.recipients[0].address + ">", wanted.at("original_rcpt_to"));
    }
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 3);
}

TEST(BounceSuite, NothingBreaksOnDamagedReports) {
  WB_NEED_SHARED(folder, "suites/bounce-corpus");
  std::vector<std::string> corpus;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    const auto extension = entry.path().extension();
    if (extension == ".eml" || (extension == ".txt" && entry.path().parent_path().filename() == "flufl"))
      corpus.push_back(tests::read_file(entry.path()));
  }
  ASSERT_GT(corpus.size(), 340U);
  std::mt19937_64 random{20261121};
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  std::size_t recipients = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string text = corpus[below(corpus.size())];
    for (std::size_t change = 1 + below(8); change > 0 && !text.empty(); --change) {
      const std::size_t at = below(text.size());
      switch (below(7)) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.resize(at); break;
        case 2: text.erase(at, below(200)); break;
        case 3: text.insert(at, text.substr(below(text.size()), below(400))); break;
        case 4: text.insert(at, below(500), "\0\r\n:;=?@<>\"- "[below(13)]); break;
        case 5: {
          const std::string& other = corpus[below(corpus.size())];
          text.insert(at, other.substr(below(other.size()), 2000));
          break;
        }
        default: std::ranges::replace(text, '\n', at % 2 == 0 ? '\r' : ' ');
      }
    }
    const Report report = read_report(text);
    recipients += report.recipients.size();
    for (const Reported& one : report.recipients) {
      ASSERT_LE(one.diagnostic.size(), 1000U);
      ASSERT_EQ(one.address.find_first_of("\r\n <>"), std::string::npos);
    }
    ASSERT_LE(report.recipients.size(), 1000U);
  }
  EXPECT_GT(recipients, 1000U);
}

TEST(BounceSuite, HugeAndNestedMailTakesLittleTime) {
  const auto begin = std::chrono::steady_clock::now();
  std::string nested = "From: mailer-daemon@x.example\nSubject: returned mail\n";
  for (int i = 0; i < 20'000; ++i)
    nested +=
        "Content-Type: multipart/mixed; boundary=\"b" + std::to_string(i) + "\"\n\n--b" + std::to_string(i) + "\n";
  read_report(nested);
  for (const char* piece :
       {"@", "=?", "a@b.c ", "\n", "--b\n", "550 5.1.1 ", "<", "&", "bounce+", "X: y\n", "boundary="}) {
    std::string many =
        "From: mailer-daemon@x.example\nSubject: returned mail\nContent-Type: multipart/report; boundary=b\n\n--b\n";
    while (many.size() < 4'000'000) many += piece;
    read_report(many);
    read_report("From: mailer-daemon@x.example\nSubject: returned mail\n\n" + many);
    std::string header;
    while (header.size() < 4'000'000) header += piece;
    read_report("From: mailer-daemon@x.example\nSubject: " + header);
    read_report(header);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20});
}

}  // namespace
