#include "adapter/mail_api/aws_signature.h"

#include <gtest/gtest.h>

namespace adapter::mail_api {
namespace {

const AwsKey kKey{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};
const base::Instant kAt = base::instant_from_millis(1'440'938'160'000);  // 2015-08-30T12:36:00Z

std::string ending(const std::string& text) { return text.substr(text.rfind('=') + 1); }

// AWS's published test suite for Signature Version 4 (get-vanilla and others), byte for byte.
TEST(AwsSignature, GetVanilla) {
  EXPECT_EQ(aws_authorization(kKey, "GET", "/", {}, {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}}, "", kAt),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST(AwsSignature, PostForm) {
  EXPECT_EQ(ending(aws_authorization(kKey, "POST", "/", {}, {{"Content-Type", "application/x-www-form-urlencoded"}, {"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}},
                                     "Param1=value1", kAt)),
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
}

TEST(AwsSignature, QueryInItsOrder) {
  EXPECT_EQ(ending(aws_authorization(kKey, "GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}, {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}}, "", kAt)),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

// The example of "Signing AWS requests" in the AWS General Reference.
TEST(AwsSignature, ListUsersOfTheGeneralReference) {
  const AwsKey key{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "iam"};
  EXPECT_EQ(ending(aws_authorization(key, "GET", "/", {{"Action", "ListUsers"}, {"Version", "2010-05-08"}},
                                     {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}, {"Host", "iam.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}}, "", kAt)),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(AwsSignature, Dates) { EXPECT_EQ(amz_date(kAt + std::chrono::milliseconds{999}), "20150830T123600Z"); }

}  // namespace
}  // namespace adapter::mail_api
