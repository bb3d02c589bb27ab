#include "act/respond/reply.h"

#include <gtest/gtest.h>

#include "act/respond/mime_read.h"

namespace act::respond {
namespace {

ReplyRules rules() {
  ReplyRules made;
  made.keywords = {{ReplyKind::stop, "stop", {}}, {ReplyKind::stop, "r", {"sms"}}, {ReplyKind::stop, "退订", {}}, {ReplyKind::help, "help", {}}};
  made.phrases = {{ReplyKind::stop, "don't write", 5}, {ReplyKind::question, "?", 3.5}, {ReplyKind::complaint, "refund", 4}, {ReplyKind::praise, "love", 3.5}};
  made.urgent = {"lawyer"};
  made.auto_subjects = {"out of office"};
  made.quotes = {"on *wrote:", "-----original message"};
  return made;
}

Reply read(std::string text, std::string channel = "sms", std::string subject = "") {
  return read_reply({.channel = std::move(channel), .subject = std::move(subject), .text = std::move(text)}, rules());
}

TEST(ReadReply, KeywordsStandAloneAndWin) {
  for (const char* text : {"STOP", " stop ", "Stop!", "\"Stop\".", "ＳＴＯＰ", "退订", "退訂", "退订。", "R", "r"}) {
    EXPECT_EQ(read(text).kind, ReplyKind::stop) << text;
    EXPECT_TRUE(read(text).keyword) << text;
  }
  EXPECT_NE(read("r", "email").kind, ReplyKind::stop) << "a letter alone means nothing in a mail";
  EXPECT_NE(read("I will stop by tomorrow").kind, ReplyKind::stop);
  EXPECT_EQ(read("", "email", "STOP").kind, ReplyKind::stop) << "the subject speaks where nothing else was written";
}

TEST(ReadReply, WordsAreWeighed) {
  EXPECT_EQ(read("Please don't write to me any more").kind, ReplyKind::stop);
  EXPECT_EQ(read("I want a refund for this").kind, ReplyKind::complaint);
  EXPECT_EQ(read("Do you ship to Norway?").kind, ReplyKind::question);
  EXPECT_EQ(read("Love the blue one").kind, ReplyKind::praise);
  EXPECT_EQ(read("I moved house last year").kind, ReplyKind::answer);
  EXPECT_EQ(read("my gloves are here").kind, ReplyKind::answer) << "'love' within a word is none";
  EXPECT_EQ(read("I love it, but where is my refund?").kind, ReplyKind::unsure) << "two things at once are for a person";
  EXPECT_GT(read("Please don't write").probability, 0.85);
}

TEST(ReadReply, NothingIsUnsure) {
  EXPECT_EQ(read("").kind, ReplyKind::unsure);
  EXPECT_EQ(read("  \n ", "email").kind, ReplyKind::unsure);
}

TEST(ReadReply, MachinesAreKnownByTheirHeadOrSubject) {
  EXPECT_EQ(read("I am away. STOP", "email", "Out of office: hello").kind, ReplyKind::auto_reply);
  EXPECT_TRUE(is_by_machine(read_mail("Auto-Submitted: auto-replied\n\nAway")));
  EXPECT_TRUE(is_by_machine(read_mail("Precedence: bulk\n\nAway")));
  EXPECT_FALSE(is_by_machine(read_mail("Auto-Submitted: no\n\nHello")));
  EXPECT_FALSE(is_by_machine(read_mail("Subject: Re: hello\n\nHello")));
}

TEST(ReadReply, OurOwnLetterIsNotTheirWords) {
  EXPECT_EQ(read("Thanks, I'm well\n\nOn Fri, 20 Nov 2026 at 12:00, Shop <a@shop.example> wrote:\n> Reply STOP to end\n> a lawyer", "email").words, "Thanks, I'm well");
  EXPECT_FALSE(read("Fine\n> lawyer", "email").urgent);
  EXPECT_EQ(read("Hi\n-----Original Message-----\nWhere is my refund?", "email").kind, ReplyKind::answer);
}

TEST(ReadReply, UrgentWordsAreSeenInAnyKind) {
  EXPECT_TRUE(read("My lawyer will write to you").urgent);
  EXPECT_FALSE(read("My lawyers' dog").urgent);
}

TEST(ReadReply, LongTextsAreCutAtWholeCharacters) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "好";
  const Reply reply = read(text);
  EXPECT_EQ(reply.words.size(), 4000U * 3);
}

TEST(ReadReply, AnyBytesAreBorne) {
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += static_cast<char>((i * 7919) % 256);
  const Reply reply = read(bytes, "email", bytes);
  EXPECT_GE(reply.probability, 0);
  EXPECT_LE(reply.probability, 1);
}

}  // namespace
}  // namespace act::respond
