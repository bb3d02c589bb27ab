#include "tests/mail/postfix_peer.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

namespace tests {
namespace {

namespace fs = std::filesystem;

constexpr int kMailboxOwner = 65534;  // nobody

constexpr char kMain[] = R"(compatibility_level = 3.6
queue_directory = {0}/spool
data_directory = {0}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {0}/log
maillog_file_prefixes = {0}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.peer.example
mydestination =
local_transport = error:no local mail
alias_maps =
alias_database =
mynetworks = 127.0.0.1/32
smtputf8_enable = yes
recipient_delimiter = +
virtual_mailbox_domains = {1}
virtual_mailbox_base = {0}/mail
virtual_mailbox_maps = texthash:{0}/mailboxes
virtual_uid_maps = static:{2}
virtual_gid_maps = static:{2}
relay_domains = {3}
transport_maps = inline:{{ {3}=relay:[127.0.0.1]:{4} }}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = reject_unlisted_recipient
smtpd_tls_cert_file = {0}/cert.pem
smtpd_tls_key_file = {0}/key.pem
smtpd_tls_security_level = encrypt
)";

constexpr char kMaster[] = R"(127.0.0.1:{} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
)";

int run(const std::string& command) { return std::system(command.c_str()); }

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(socket);
  return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

bool answers(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  char byte = 0;
  const bool there =
      connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && recv(socket, &byte, 1, 0) == 1;
  close(socket);
  return there;
}

}  // namespace

std::optional<std::string> PostfixPeer::missing() {
  if (!fs::exists("/usr/sbin/postfix") || !fs::exists("/usr/lib/postfix/sbin/master"))
    return "postfix is not installed";
  if (geteuid() != 0) return "postfix can only be started by root";
  if (getpwnam("postfix") == nullptr) return "there is no user postfix";
  return std::nullopt;
}

PostfixPeer::PostfixPeer(const std::vector<std::string>& mailboxes, const std::string& relayed_domain,
                         std::uint16_t next_hop)
    : port_(free_port()) {
  const fs::path& here = folder_.path();
  // Postfix's processes run as their own user and must get in.
  fs::permissions(here, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read |
                            fs::perms::others_exec);
  for (const char* name : {"etc", "spool", "data", "mail"}) fs::create_directory(here / name);
  const passwd* postfix = getpwnam("postfix");
  std::set<std::string> domains;
  std::string map;
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    domains.insert(mailboxes[i].substr(mailboxes[i].find('@') + 1));
    map += fmt::format("{} {}/\n", mailboxes[i], i);
  }
  std::string domain_list;
  for (const std::string& domain : domains) domain_list += domain + " ";
  write_file(here / "mailboxes", map);
  write_file(here / "etc/main.cf",
             fmt::format(kMain, here.string(), domain_list, kMailboxOwner, relayed_domain, next_hop));
  write_file(here / "etc/master.cf", fmt::format(kMaster, port_));
  if (chown((here / "data").c_str(), postfix->pw_uid, postfix->pw_gid) != 0 ||
      chown((here / "mail").c_str(), kMailboxOwner, kMailboxOwner) != 0)
    return;
  // Long valid, and from long ago where that can be had: tests live at other times.
  const char* before = run("command -v faketime >/dev/null") == 0 ? "faketime '2025-01-01' " : "";
  if (run(fmt::format("{1}openssl req -x509 -newkey rsa:2048 -nodes -days 7300 -subj /CN=localhost "
                      "-addext subjectAltName=IP:127.0.0.1 -keyout {0}/key.pem -out {0}/cert.pem 2>/dev/null",
                      here.string(), before)) != 0)
    return;
  if (run(fmt::format("postfix -c {0}/etc start >{0}/start.txt 2>&1", here.string())) != 0) return;
  for (int i = 0; i < 100 && !runs_; ++i) {
    runs_ = answers(port_);
    if (!runs_) std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
}

PostfixPeer::~PostfixPeer() {
  const std::string here = folder_.path().string();
  pid_t master = 0;
  std::ifstream{here + "/spool/pid/master.pid"} >> master;
  run(fmt::format("postfix -c {0}/etc stop >{0}/stop.txt 2>&1", here));
  for (int i = 0; master > 0 && i < 50 && kill(master, 0) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  if (master > 0 && kill(master, 0) == 0) kill(-master, SIGKILL);  // its group: master and what it started
}

fs::path PostfixPeer::maildir(std::size_t mailbox) const {
  return folder_.path() / "mail" / std::to_string(mailbox) / "new";
}

std::vector<fs::path> PostfixPeer::wait_for(std::size_t mailbox, std::size_t letters) const {
  std::vector<fs::path> files;
  for (int i = 0; i < 300; ++i) {
    files.clear();
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{maildir(mailbox), none}) files.push_back(entry.path());
    if (files.size() >= letters) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  return files;
}

std::string PostfixPeer::log() const {
  const std::string here = folder_.path().string();
  std::string text;
  for (const char* name : {"/start.txt", "/log"}) {
    std::ifstream in{here + name};
    text.append(std::istreambuf_iterator<char>{in}, {});
  }
  return text;
}

}  // namespace tests
