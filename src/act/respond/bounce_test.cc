#include "act/respond/bounce.h"

#include <gtest/gtest.h>

#include "act/respond/mime_read.h"

namespace act::respond {
namespace {

constexpr char kReport[] =
    "Return-Path: <>\n"
    "To: <bounce+r-AbC_9@bounces.shop.example>\n"
    "From: MAILER-DAEMON@mx.example\n"
    "Subject: Undelivered Mail Returned to Sender\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=\"x\"\n"
    "\n"
    "--x\n"
    "\n"
    "<anna@customer.example>: host mx[192.0.2.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)\n"
    "--x\n"
    "Content-Type: message/delivery-status\n"
    "\n"
    "Reporting-MTA: dns; mx.example\n"
    "\n"
    "Final-Recipient: rfc822; anna@customer.example\n"
    "Action: failed\n"
    "Status: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
    "\n"
    "Final-Recipient: rfc822; bert@customer.example\n"
    "Action: delayed\n"
    "Status: 4.4.1\n"
    "--x\n"
    "Content-Type: text/rfc822-headers\n"
    "\n"
    "Message-ID: <0123@shop.example>\n"
    "Feedback-ID: r-AbC_9:marketing:email:winback\n"
    "--x--\n";

TEST(Bounce, SaysWhoWhatAndWhichLetter) {
  const Report report = read_report(kReport);
  EXPECT_EQ(report.kind, ReportKind::delivery_status);
  EXPECT_EQ(report.reference, "r-AbC_9");
  EXPECT_EQ(report.message_id, "0123@shop.example");
  ASSERT_EQ(report.recipients.size(), 2U);
  const Reported& anna = report.recipients[0];
  EXPECT_EQ(anna.address, "anna@customer.example");
  EXPECT_EQ(anna.decision, Decision::hard);
  EXPECT_EQ(anna.status, "5.1.1");
  EXPECT_EQ(anna.action, "failed");
  EXPECT_EQ(anna.smtp_code, 550);
  EXPECT_EQ(report.recipients[1].decision, Decision::soft);
  EXPECT_EQ(report.recipients[1].action, "delayed");
}

TEST(Bounce, ReferenceIsFoundInTheLettersOwnHeaderToo) {
  std::string text = kReport;
  text.replace(text.find("bounce+r-AbC_9"), 14, "postmaster");
  EXPECT_EQ(read_report(text).reference, "r-AbC_9");
}

TEST(Bounce, PeopleAndHolidayNoticesChangeNothing) {
  for (const char* text :
       {"From: anna@customer.example\nSubject: Re: We miss you\n\nPlease tell me more, user unknown to you.\n",
        "From: anna@customer.example\nSubject: Automatic reply: We miss you\nAuto-Submitted: auto-replied\n\n"
        "I am away. For undeliverable mail write to bert@customer.example. 550 5.1.1 user unknown\n",
        "Return-Path: <>\nFrom: anna@customer.example\nSubject: Out of office\n\nBack on Monday: anna@home.example\n",
        "", "\n", "no header at all"}) {
    const Report report = read_report(text);
    EXPECT_TRUE(report.recipients.empty()) << text;
    EXPECT_EQ(report.kind, ReportKind::none) << text;
  }
}

TEST(Bounce, DeliveredIsNoBounce) {
  std::string text = kReport;
  for (std::size_t at; (at = text.find("Action: failed")) != std::string::npos;)
    text.replace(at, 14, "Action: relayed");
  EXPECT_EQ(read_report(text).recipients[0].decision, Decision::none);
}

TEST(Bounce, VerdictPrefersSilenceToAWrongHard) {
  EXPECT_EQ(judge_failure("5.1.1", 550, "user unknown"), Decision::hard);
  EXPECT_EQ(judge_failure("5.1.1", 550, "mailbox is full"), Decision::soft);
  EXPECT_EQ(judge_failure("5.2.2", 552, "over quota"), Decision::soft);
  EXPECT_EQ(judge_failure("5.7.1", 550, "user unknown"), Decision::soft);
  EXPECT_EQ(judge_failure("4.1.1", 450, "user unknown"), Decision::soft);
  EXPECT_EQ(judge_failure("", 550, "user unknown in reply to RCPT TO"), Decision::hard);
  EXPECT_EQ(judge_failure("", 550, "user unknown in reply to end of DATA command, RCPT was fine"), Decision::soft);
  EXPECT_EQ(judge_failure("", 0, ""), Decision::other);
}

TEST(Bounce, StatusAndCodeAreToldFromOtherNumbers) {
  EXPECT_EQ(status_in("host 192.0.2.5.1 said 5.1.1"), "5.1.1");
  EXPECT_EQ(status_in("at 5.1.1.1 and 10.4.2.2"), "");
  EXPECT_EQ(status_in("5.0.0 then 5.2.2"), "5.2.2");
  EXPECT_EQ(reply_code_in("on port 5501: 550 no"), 550);
  EXPECT_EQ(reply_code_in("in 1550 days at 4520m"), 0);
}

TEST(MimeRead, EncodingsAndBrokenBoundaries) {
  const Mail mail = read_mail(
      "Content-Type: multipart/mixed; boundary=wrong\r\n\r\n--real\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      "aGVsbG8=\r\n--real\r\nContent-Type: Text/HTML\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
      "a=3Db=\r\nc\r\n--real--\r\n");
  ASSERT_EQ(mail.parts.size(), 2U);
  EXPECT_EQ(mail.parts[0].body, "hello");
  EXPECT_EQ(mail.parts[1].type, "text/html");
  EXPECT_EQ(trimmed(mail.parts[1].body), "a=bc");
  EXPECT_EQ(plain_header("=?UTF-8?B?aGVsbG8=?= =?utf-8?q?_w=6Frld?= =?koi8-r?B?x?="), "hello world=?koi8-r?B?x?=");
}

}  // namespace
}  // namespace act::respond
