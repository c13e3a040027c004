#include "telemetry/session/log_plan.hpp"

#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "telemetry/logging/handlers/size_rotation.hpp"
#include "telemetry/logging/handlers/time_rotation.hpp"
#include "telemetry/logging/own_filter.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// One overload for each kind of handler.
class HandlerPlanner {
 public:
  HandlerPlanner(PipelinePlanner& planner, const Feed& feed, const LoggingConfig& logging)
      : planner_(planner),
        feed_(feed),
        logging_(logging),
        values_(std::make_shared<LogValues>(feed.resource)) {}

  void operator()(const ConsoleHandler& handler) const {
    const bool is_out = handler.stream == ConsoleStream::out;
    planner_.add_lines(feed_of(handler), is_out ? "console" : "console stderr",
                       is_out ? STDOUT_FILENO : STDERR_FILENO, formatter(handler.formatter));
  }
  void operator()(const FileHandler& handler) const { add_file(handler, nullptr); }
  void operator()(const JsonHandler& handler) const {
    if (!handler.filename.empty()) return add_file(handler, nullptr);
    planner_.add_lines(feed_of(handler), "json", STDOUT_FILENO, formatter(handler.formatter));
  }
  void operator()(const RotatingFileHandler& handler) const {
    add_file(handler, std::make_unique<SizeRotation>(handler));
  }
  void operator()(const TimedRotatingFileHandler& handler) const {
    add_file(handler, std::make_unique<TimeRotation>(handler));
  }
  void operator()(const OtlpHandler& handler) const {
    for (const LogProcessor& processor : handler.processors) {
      processor.visit([&](const auto& one) { planner_.add_processor(feed_of(handler), one); });
    }
    if (!handler.processors.empty()) return;
    BatchLogProcessor processor;
    if (handler.exporter) processor.exporter = *handler.exporter;
    planner_.add_processor(feed_of(handler), processor);
  }
  void operator()(const CustomHandler& own) const {
    planner_.add_log_handler(feed_of(own), own.handler.get<Custom>());
  }
  void operator()(const Custom& own) const { planner_.add_log_handler(feed_, own); }

 private:
  [[nodiscard]] LogFormatter formatter(const std::string& name) const {
    if (const auto own = logging_.formatters.find(name); own != logging_.formatters.end()) return own->second;
    return name == "json" ? LogFormatter(JsonFormatter{}) : LogFormatter(TextFormatter{});
  }

  [[nodiscard]] std::shared_ptr<RecordFilter> filter_of(const LogFilterConfig& config) const {
    if (config.holds<Custom>()) return record_filter(planner_.next_log_filter(), values_);
    return make_record_filter(config);
  }

  // With filters of its own, as they count. Those of the program's own have been made in the same order, by
  // `OwnCode`.
  template <class Handler>
  [[nodiscard]] Feed feed_of(const Handler& handler) const {
    Feed feed = feed_;
    feed.level = handler.level;
    for (const std::string& name : handler.filters) {
      const auto filter = logging_.filters.find(name);
      if (filter != logging_.filters.end()) feed.filters.push_back(filter_of(filter->second));
    }
    return feed;
  }

  template <class Handler>
  void add_file(const Handler& handler, std::unique_ptr<Rotation> rotation) const {
    planner_.add_file(feed_of(handler),
                      {.path = planner_.path_of(handler.filename),
                       .truncates = handler.mode == FileMode::truncate,
                       .permissions = static_cast<unsigned>(std::stoul(handler.permissions, nullptr, 8))},
                      std::move(rotation), formatter(handler.formatter));
  }

  PipelinePlanner& planner_;
  const Feed& feed_;
  const LoggingConfig& logging_;
  std::shared_ptr<LogValues> values_;
};

}  // namespace

void plan_log_handlers(PipelinePlanner& planner, const Feed& feed, const LoggingConfig& logging) {
  const HandlerPlanner handlers(planner, feed, logging);
  for (const Handler& handler : logging.handlers) handler.visit(handlers);
}

}  // namespace ergon::inline v0::telemetry
