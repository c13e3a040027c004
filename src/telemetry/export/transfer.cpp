#include "telemetry/export/transfer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <new>

#include "base/version.hpp"
#include "telemetry/export/header_line.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// Programs that this one starts do not inherit the connection.
curl_socket_t open_socket(void* /*user*/, curlsocktype /*purpose*/, curl_sockaddr* address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Of these the next attempt would be the same: nothing was wrong on the way, but here.
bool is_hopeless(CURLcode result) {
  constexpr std::array kHopeless{CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT,
                                 CURLE_NOT_BUILT_IN, CURLE_WRITE_ERROR};
  return std::ranges::find(kHopeless, result) != kHopeless.end();
}

}  // namespace

Transfer::Transfer(const OtlpTarget& target, std::chrono::milliseconds timeout, CURLSH* connections,
                   std::string& payload)
    : target_(target), timeout_(timeout), body_(target, payload), handle_(curl_easy_init()) {
  if (handle_ == nullptr) throw std::bad_alloc();
  if (!target.is_grpc()) answer_.emplace<HttpAnswer>();
  add_headers();
  set_route(connections);
  set_tls();
  set_request();
  set_answer();
}

void Transfer::add_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(headers_.release());  // the first of the list stays its owner
  headers_.reset(longer);
}

void Transfer::add_headers() {
  constexpr std::array kContentTypes{"application/grpc", "application/x-protobuf", "application/json"};
  add_header(fmt::format("content-type: {}", kContentTypes[static_cast<std::size_t>(target_.protocol)]));
  const auto is_user_agent = [](const std::string& line) { return read_header_line(line).is("user-agent"); };
  if (std::ranges::none_of(target_.headers, is_user_agent))
    add_header(fmt::format("user-agent: {}", base::kUserAgent));
  if (target_.is_grpc()) {
    add_header("te: trailers");
    if (target_.is_compressed) add_header("grpc-encoding: gzip");
    if (timeout_.count() > 0) add_header(fmt::format("grpc-timeout: {}m", timeout_.count()));
  } else {
    if (target_.is_compressed) add_header("content-encoding: gzip");
    add_header("expect:");  // none: the body goes at once
  }
  for (const std::string& line : target_.headers) add_header(line);
}

void Transfer::set_route(CURLSH* connections) {
  CURL* const handle = handle_.get();
  curl_easy_setopt(handle, CURLOPT_URL, target_.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  if (!target_.unix_socket.empty())
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, target_.unix_socket.c_str());
  if (!target_.unix_socket.empty()) curl_easy_setopt(handle, CURLOPT_PROXY, "");  // nor the environment's
  else if (!target_.proxy.empty()) curl_easy_setopt(handle, CURLOPT_PROXY, target_.proxy.c_str());
  // No proxy speaks HTTP/2 in clear text to both ends.
  curl_easy_setopt(handle, CURLOPT_HTTPPROXYTUNNEL, target_.is_grpc() ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle, CURLOPT_SHARE, connections);
  curl_easy_setopt(handle, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_.count()));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout_.count()));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
}

void Transfer::set_tls() {
  const auto set_file = [this](CURLoption option, const std::string& file) {
    if (!file.empty()) curl_easy_setopt(handle_.get(), option, file.c_str());
  };
  set_file(CURLOPT_CAINFO, target_.tls.ca_file);
  set_file(CURLOPT_SSLCERT, target_.tls.cert_file);
  set_file(CURLOPT_SSLKEY, target_.tls.key_file);
  curl_easy_setopt(handle_.get(), CURLOPT_KEYPASSWD, "");  // else a terminal is asked for it
}

void Transfer::set_request() {
  CURL* const handle = handle_.get();
  long version = CURL_HTTP_VERSION_1_1;
  if (target_.is_tls()) version = CURL_HTTP_VERSION_2TLS;
  else if (target_.is_grpc()) version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, version);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(handle, CURLOPT_POST, 1L);
  const std::string_view body = body_.bytes();
  const char* const begin = body.data();  // its end is the size's affair
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, begin);
}

void Transfer::set_answer() {
  CURL* const handle = handle_.get();
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::take_line);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_.data());
}

std::uint64_t Transfer::bytes_moved() const {
  curl_off_t sent = 0;
  curl_off_t received = 0;
  long head = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
  curl_easy_getinfo(handle_.get(), CURLINFO_SIZE_DOWNLOAD_T, &received);
  curl_easy_getinfo(handle_.get(), CURLINFO_HEADER_SIZE, &head);
  return static_cast<std::uint64_t>(sent + received + head);
}

// These two are called by C code; what they can't take ends the transfer with a write error.
std::size_t Transfer::take_body(char* bytes, std::size_t size, std::size_t count, void* self) try {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string& body = std::visit([](auto& answer) -> std::string& { return answer.body; }, transfer.answer_);
  if (body.size() + size * count > transfer.target_.max_response_size) return 0;
  body.append(bytes, size * count);
  return size * count;
} catch (const std::bad_alloc&) {
  return 0;
}

std::size_t Transfer::take_line(char* bytes, std::size_t size, std::size_t count, void* self) try {
  std::visit([&](auto& answer) { take_header(answer, std::string_view(bytes, size * count)); },
             static_cast<Transfer*>(self)->answer_);
  return size * count;
} catch (const std::bad_alloc&) {
  return 0;
}

// Once gRPC's status is there the call is over, and so it is after a refusal of HTTP's, however the stream
// ends: servers refuse a request that is too large before they have read it, and break it off.
bool Transfer::has_answer(CURLcode result) const {
  if (result == CURLE_OK) return true;
  if (result == CURLE_WRITE_ERROR) return false;
  if (const auto* const grpc = std::get_if<GrpcAnswer>(&answer_)) return grpc->status.has_value();
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  return status >= 400;
}

Verdict Transfer::verdict_of_answer() const {
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  if (const auto* const http = std::get_if<HttpAnswer>(&answer_)) {
    HttpAnswer answer = *http;
    answer.status = status;
    return judge(answer, std::chrono::system_clock::now());
  }
  GrpcAnswer answer = std::get<GrpcAnswer>(answer_);
  answer.http_status = status;
  return judge(answer);
}

Verdict Transfer::verdict(CURLcode result) const {
  if (has_answer(result)) return verdict_of_answer();
  Verdict verdict;
  verdict.kind = is_hopeless(result) ? Verdict::Kind::refused : Verdict::Kind::retry;
  verdict.message = error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
  if (result == CURLE_WRITE_ERROR)
    verdict.message = fmt::format("the response is larger than {} bytes", target_.max_response_size);
  return verdict;
}

}  // namespace ergon::inline v0::telemetry
