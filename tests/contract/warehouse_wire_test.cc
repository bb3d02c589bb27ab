// A smoke test of the wire against a server we did not write: Debian's clickhouse-server 18.16 (2018), where it is
// installed. It knows no query parameters and no tokens, so only authentication, Native both ways and errors are tried.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "adapter/clickhouse/native_reader.h"
#include "adapter/clickhouse/native_writer.h"
#include "adapter/clickhouse/transport.h"
#include "tests/support/fake_warehouse.h"
#include "tests/support/places.h"

namespace tests {
namespace {

using adapter::clickhouse::Call;
using adapter::clickhouse::Transport;
using base::Block;
using base::Code;
using base::Column;
using base::ColumnKind;

constexpr const char* kServers[] = {"/usr/sbin/clickhouse-server", "/usr/bin/clickhouse-server"};
constexpr int kPort = 18923;

/// The server on a folder of its own.
class OldServer {
 public:
  explicit OldServer(const std::string& program) {
    const std::string folder = folder_.path().string();
    write_file(
        folder_.path() / "config.xml",
        fmt::format("<yandex><logger><level>error</level><log>{0}/log</log><errorlog>{0}/errors</errorlog></logger>"
                    "<http_port>{1}</http_port><tcp_port>{2}</tcp_port><listen_host>127.0.0.1</listen_host>"
                    "<path>{0}/data/</path><tmp_path>{0}/tmp/</tmp_path><users_config>{0}/users.xml</users_config>"
                    "<mark_cache_size>100000000</mark_cache_size><default_profile>default</default_profile>"
                    "<default_database>default</default_database><timezone>UTC</timezone></yandex>",
                    folder, kPort, kPort + 1));
    write_file(
        folder_.path() / "users.xml",
        "<yandex><profiles><default><max_memory_usage>1000000000</max_memory_usage></default></profiles>"
        "<users><shop><password>right</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>"
        "<quota>default</quota></shop><default><password>other</password><networks><ip>127.0.0.1</ip></networks>"
        "<profile>default</profile><quota>default</quota></default></users><quotas><default/></quotas></yandex>");
    std::string config = "--config-file=" + folder + "/config.xml";
    std::string name = program;
    char* arguments[] = {name.data(), config.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder + "/stderr").c_str(), O_WRONLY | O_CREAT, 0600);
    EXPECT_EQ(posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~OldServer() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  OldServer(const OldServer&) = delete;
  OldServer& operator=(const OldServer&) = delete;
  std::string said() const { return read_file(folder_.path() / "stderr"); }

 private:
  TemporaryFolder folder_;
  pid_t process_ = 0;
};

std::string server_program() {
  if (const char* named = std::getenv("WINBACK_OLD_CLICKHOUSE"); named != nullptr) return named;
  for (const char* program : kServers) {
    if (std::filesystem::exists(program)) return program;
  }
  return {};
}

TEST(Wire, AServerOf2018UnderstandsUs) {
  const std::string program = server_program();
  if (program.empty()) GTEST_SKIP() << "skipped: Debian's clickhouse-server is not installed";
  const OldServer server{program};
  Transport transport{
      {.url = fmt::format("http://127.0.0.1:{}", kPort), .socket = {}, .user = "shop", .password = "right"}};
  base::Result<std::string> pong;
  for (int i = 0; i < 100; ++i) {
    pong = transport.finish({.name = "ping", .query = {}, .text = "SELECT 1"});
    if (pong) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  ASSERT_TRUE(pong) << pong.error().message << server.said();

  const auto created = transport.finish({.name = "create",
                                         .query = {},
                                         .text = "CREATE TABLE t (id UInt64, text String, at Date, maybe "
                                                 "Nullable(Float64), list Array(Int64)) ENGINE = Memory"});
  ASSERT_TRUE(created) << created.error().message;
  Block block;
  block.columns = {Column{"id", ColumnKind::u64}, Column{"text", ColumnKind::text}, Column{"maybe", ColumnKind::f64},
                   Column{"list", ColumnKind::i64_list}};
  for (std::uint64_t i = 0; i < 100000; ++i) {
    block.columns[0].as<std::uint64_t>().push_back(i);
    block.columns[1].text().push_back(i % 2 == 0 ? "nul \n tab\t 有赞" : "");
    block.columns[2].as<double>().push_back(0);
    auto& list = block.columns[3].list<std::int64_t>();
    list.items.push_back(-static_cast<std::int64_t>(i));
    list.ends.push_back(list.items.size());
  }
  block.columns[2].nulls.assign(100000, 1);
  auto writer = adapter::clickhouse::NativeWriter::open(block);
  ASSERT_TRUE(writer);
  const auto inserted =
      transport.finish({.name = "insert",
                        .query = {{"query", "INSERT INTO t (id, text, maybe, list) FORMAT Native"}},
                        .text = {},
                        .upload = [&](char* to, std::size_t size) { return writer->read(to, size); }});
  ASSERT_TRUE(inserted) << inserted.error().message;

  auto reply = transport.start({.name = "select",
                                .query = {{"default_format", "Native"}},
                                .text = "SELECT id, text, maybe, list, toDate('2011-12-10') AS day FROM t"});
  ASSERT_TRUE(reply) << reply.error().message;
  std::uint64_t rows = 0;
  const auto read = adapter::clickhouse::read_all_native(
      [&](std::string& to) { return reply->more(to); },
      [&](Block&& got) -> base::Result<void> {
        const auto& id = got.find("id")->as<std::uint64_t>();
        for (std::size_t row = 0; row < got.rows(); ++row) {
          EXPECT_EQ(got.find("text")->text()[row], block.columns[1].text()[id[row]]);
          EXPECT_TRUE(got.find("maybe")->is_null(row));
          EXPECT_EQ(got.find("list")->list<std::int64_t>().items[row], -static_cast<std::int64_t>(id[row]));
        }
        EXPECT_EQ(value_text(*got.find("day"), 0), "2011-12-10");
        rows += got.rows();
        return {};
      });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(rows, 100000U);

  EXPECT_EQ(transport.finish({.name = "select", .query = {}, .text = "SELECT * FROM nowhere"}).error().code,
            Code::not_found);
  EXPECT_EQ(transport.finish({.name = "select", .query = {}, .text = "SELEKT"}).error().code, Code::invalid_input);
  Transport stranger{
      {.url = fmt::format("http://127.0.0.1:{}", kPort), .socket = {}, .user = "shop", .password = "wrong"}};
  const auto refused = stranger.finish({.name = "select", .query = {}, .text = "SELECT 1"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid_input);
  EXPECT_NE(refused.error().message.find("password"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace tests
