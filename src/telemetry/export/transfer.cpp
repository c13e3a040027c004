#include "telemetry/export/transfer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <vector>

#include "base/version.hpp"

namespace ergon::telemetry {

namespace {

constexpr std::size_t kPrefix = 5;

// gRPC's frame around a message: not compressed, then the length, big-endian.
void write_prefix(std::string& payload) {
  const auto length = static_cast<std::uint32_t>(payload.size() - kPrefix);
  payload[0] = 0;
  for (unsigned i = 0; i < 4; ++i) payload[1 + i] = static_cast<char>(length >> (24 - 8 * i));
}

// Programs that this one starts do not inherit the connection.
curl_socket_t open_socket(void* /*user*/, curlsocktype /*purpose*/, curl_sockaddr* address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace

Transfer::Transfer(const TransferOptions& options, CURLSH* connections, std::string& payload)
    : handle_(curl_easy_init()) {
  write_prefix(payload);
  std::vector<std::string> headers{"content-type: application/grpc", "te: trailers",
                                   fmt::format("user-agent: {}", base::kUserAgent)};
  if (options.timeout.count() > 0)
    headers.push_back(fmt::format("grpc-timeout: {}m", options.timeout.count()));
  for (const std::string& header : headers) headers_ = curl_slist_append(headers_, header.c_str());
  if (handle_ != nullptr) set_options(options, connections, payload);
}

void Transfer::set_options(const TransferOptions& options, CURLSH* connections, std::string& payload) {
  const bool is_tls = options.url.starts_with("https:");
  curl_easy_setopt(handle_, CURLOPT_URL, options.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION,
                   is_tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
  curl_easy_setopt(handle_, CURLOPT_HTTPPROXYTUNNEL,
                   1L);  // no proxy speaks HTTP/2 in clear text to both ends
  curl_easy_setopt(handle_, CURLOPT_SHARE, connections);
  curl_easy_setopt(handle_, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(handle_, CURLOPT_POST, 1L);
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, payload.data());
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(payload.size()));
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Transfer::take_line);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_.data());
  if (!options.ca_file.empty()) curl_easy_setopt(handle_, CURLOPT_CAINFO, options.ca_file.c_str());
}

Transfer::~Transfer() {
  if (handle_ != nullptr) curl_easy_cleanup(handle_);
  curl_slist_free_all(headers_);
}

std::size_t Transfer::take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  std::string& body = static_cast<Transfer*>(self)->answer_.body;
  if (body.size() + size * count > kLargestResponse) return 0;  // curl ends the transfer with a write error
  body.append(bytes, size * count);
  return size * count;
}

std::size_t Transfer::take_line(char* bytes, std::size_t size, std::size_t count, void* self) {
  take_header(static_cast<Transfer*>(self)->answer_, {bytes, size * count});
  return size * count;
}

Verdict Transfer::verdict(CURLcode result) const {
  // Once the status is there the call is over, however the stream ends: servers refuse a request that is too
  // large before they have read it, and break it off.
  if (result == CURLE_OK || (answer_.status.has_value() && result != CURLE_WRITE_ERROR)) {
    GrpcAnswer answer = answer_;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer.http_status);
    return judge(answer);
  }
  Verdict verdict;
  verdict.kind = Verdict::Kind::retry;
  verdict.message = error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
  if (result == CURLE_WRITE_ERROR) {
    verdict.kind = Verdict::Kind::refused;
    verdict.message = "the response is larger than 4 MiB";
  }
  if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL)
    verdict.kind = Verdict::Kind::refused;
  return verdict;
}

}  // namespace ergon::telemetry
