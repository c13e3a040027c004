#include <ergon/connectors/jsonl.hpp>

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>

#include <ergon/task/errors.hpp>

#include "connectors/jsonl/line_reader.hpp"
#include "connectors/jsonl/line_writer.hpp"
#include "connectors/jsonl/pipe_lines.hpp"
#include "connectors/jsonl/shared_lines.hpp"
#include "connectors/jsonl/transaction_lines.hpp"

namespace ergon::inline v0 {
namespace {

constexpr std::size_t kReadablePart = 100;  // of a file's name, which may be 255 long

// The same in all workers of a run, which are one program.
std::string claims_path_in(const std::string& run_folder, const std::string& input_path) {
  const std::filesystem::path path = std::filesystem::absolute(input_path).lexically_normal();
  return run_folder + '/' + path.filename().string().substr(0, kReadablePart) + '-' +
         std::to_string(std::hash<std::string>{}(path.string())) + ".offsets";
}

// The N of `{path}:{N}`; 0 of anything else.
std::uint64_t line_of(std::string_view id, const std::string& path) {
  std::uint64_t line = 0;
  if (id.size() <= path.size() + 1 || !id.starts_with(path) || id[path.size()] != ':') return 0;
  const auto [end, error] = std::from_chars(id.data() + path.size() + 1, id.data() + id.size(), line);
  return error == std::errc{} && end == id.data() + id.size() ? line : 0;
}

constexpr std::uint64_t kLinesBetweenBeats = 1'000;

}  // namespace

// One of the first two, as the mode is.
struct JsonlConnector::File {
  std::unique_ptr<detail::LineSource> source;
  std::optional<detail::LineWriter> writer;
  std::optional<detail::LineWriter> dead_letters;
};

JsonlConnector::JsonlConnector(Options options) : options_(std::move(options)) {}

JsonlConnector::JsonlConnector(Options options, TaskContext& context)
    : options_(std::move(options)), context_(&context) {}

JsonlConnector::~JsonlConnector() = default;

// Dead letters first: they may be what is read, and not there yet.
void JsonlConnector::init() {
  auto file = std::make_unique<File>();
  if (options_.mode == JsonlMode::append) {
    file->writer.emplace(options_.path);
  } else {
    if (!options_.dead_letters.empty()) file->dead_letters.emplace(options_.dead_letters);
    file->source = open_source();
  }
  file_ = std::move(file);
}

std::unique_ptr<detail::LineSource> JsonlConnector::open_source() const {
  const std::stop_token stop = context_ != nullptr ? context_->stop_token() : std::stop_token{};
  const auto beat = [this] { this->beat(); };
  auto reader = std::make_unique<detail::LineReader>(options_.path, stop, beat);
  if (reader->is_regular()) {
    detail::SharedLines::Setup setup{.path = options_.path,
                                     .format = options_.format,
                                     .claims_path = options_.offsets,
                                     .ends_with_run = ends_with_run_,
                                     .run_id = context_ != nullptr ? context_->run_id() : "",
                                     .stop = stop,
                                     .at_each_step = beat};
    if (setup.claims_path.empty() && context_ != nullptr && !context_->run_folder().empty())
      setup.claims_path = claims_path_in(context_->run_folder(), options_.path);
    return std::make_unique<detail::SharedLines>(std::move(reader), std::move(setup));
  }
  if (!options_.offsets.empty())
    throw SystemError("cannot keep offsets of " + options_.path + ": it is no regular file");
  if (context_ != nullptr && context_->worker_id() > 0)
    throw SystemError("cannot share " + options_.path +
                      ": it is no regular file, which one worker alone can read");
  return std::make_unique<detail::PipeLines>(std::move(reader), options_.path, options_.format, beat);
}

void JsonlConnector::beat() const {
  if (context_ != nullptr) context_->heartbeat();
}

std::vector<RawTransaction> JsonlConnector::fetch(std::size_t limit) {
  if (file_->source) return file_->source->fetch(limit);
  throw SystemError("cannot fetch from " + options_.path + ": its mode is append, which is for dispatching");
}

void JsonlConnector::dispatch(const std::vector<RawTransaction>& transactions) {
  if (!file_->writer)
    throw SystemError("cannot dispatch to " + options_.path + ": its mode is read, not append");
  std::string lines;
  for (const RawTransaction& transaction : transactions) lines += detail::envelope_line(transaction);
  file_->writer->append(lines);
}

void JsonlConnector::ack(const RawTransaction& transaction) {
  if (file_->source) file_->source->settle(transaction);
}

void JsonlConnector::nack(const RawTransaction& transaction, Requeue requeue) {
  if (!file_->source) return;
  requeue == Requeue::yes ? file_->source->give_back(transaction) : file_->source->settle(transaction);
}

std::optional<RawTransaction> JsonlConnector::fetch_by_id(std::string_view id) {
  detail::LineReader reader(options_.path);
  if (options_.mode == JsonlMode::append || !reader.is_regular())
    throw SystemError("cannot fetch by id from " + options_.path + ": it is no regular file to read");
  const std::uint64_t wanted = line_of(id, options_.path);
  const bool is_plain = options_.format == JsonlFormat::plain;
  while (const auto line = reader.next(detail::LineReader::Wait::no)) {
    if (line->number % kLinesBetweenBeats == 0) beat();
    if (is_plain && line->number != wanted) continue;
    std::vector<RawTransaction> found{detail::read_line(*line, options_.path)};
    detail::open_envelopes(found, options_.format);
    if (found[0].id == id) return std::move(found[0]);
  }
  return std::nullopt;
}

bool JsonlConnector::dead_letter(const RawTransaction& transaction) {
  if (!file_->dead_letters) return false;
  file_->dead_letters->append(detail::dead_letter_line(transaction));
  return true;
}

std::unique_ptr<Connector> JsonlConnector::dead_letters() {
  if (options_.dead_letters.empty() || options_.mode == JsonlMode::append) return nullptr;
  auto letters = std::make_unique<JsonlConnector>(Options{.path = options_.dead_letters,
                                                          .format = JsonlFormat::envelope,
                                                          .offsets = options_.dead_letters + ".offsets",
                                                          .dead_letters = options_.dead_letters});
  letters->context_ = context_;
  letters->ends_with_run_ = true;
  return letters;
}

std::optional<std::uint64_t> JsonlConnector::count() {
  return file_ && file_->source ? file_->source->count() : std::nullopt;
}

ConnectorHealth JsonlConnector::health() {
  const bool reads = options_.mode == JsonlMode::read;
  if (::access(options_.path.c_str(), reads ? R_OK : W_OK) == 0) return {};
  return {false, std::string("cannot ") + (reads ? "read " : "append to ") + options_.path + ": " +
                     std::generic_category().message(errno)};
}

void JsonlConnector::exit() { file_.reset(); }

}  // namespace ergon::inline v0
