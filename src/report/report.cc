#include "report/report.h"

#include <array>

#include "report/page.h"

namespace report {

using text::Word;

namespace {

struct Section {
  std::string_view id;
  Word question;
  std::string (*write)(const Page&);
};

constexpr std::array kSections = {Section{"whom", Word::report_whom_question, whom},
                                  Section{"money", Word::report_money_question, money_section},
                                  Section{"offers", Word::report_offers_question, offers_section},
                                  Section{"others", Word::report_others_question, others_section},
                                  Section{"proof", Word::report_proof_question, proof_section},
                                  Section{"lost", Word::report_silence_question, silence_section},
                                  Section{"rfm", Word::report_rfm_question, rfm_section},
                                  Section{"stages", Word::report_stage_question, stages_section},
                                  Section{"flows", Word::report_flow_question, flows_section},
                                  Section{"cohorts", Word::report_cohort_question, cohorts_section},
                                  Section{"examples", Word::report_examples_question, examples_section},
                                  Section{"check", Word::report_check_question, check_section},
                                  Section{"sources", Word::report_sources_question, sources_section},
                                  Section{"next", Word::report_next_question, next_section}};

}  // namespace

std::string render_report(const ReportInput& input) {
  const Page page{input};
  const std::string title = page.say(Word::report_title, fmt::arg("date", page.date(input.plan.as_of)));
  // The policy forbids every script and every request: whatever data may hold, the page can only be read.
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" "
      "content=\"light dark\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n",
      text::name_of(page.l), escape(title), style());
  out += headline(page) + "<nav>\n";
  for (const Section& section : kSections) {
    out += fmt::format("<a href=\"#{}\">{}</a>\n", section.id, escape(page.word(section.question)));
  }
  out += "</nav>\n<main>\n";
  for (const Section& section : kSections) out += section.write(page);
  out += "</main>\n<footer>" + page.p(page.say(Word::report_footer, fmt::arg("plan", input.plan.id))) +
         "</footer>\n</body>\n</html>\n";
  return out;
}

}  // namespace report
