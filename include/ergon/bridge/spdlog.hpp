#pragma once

// Whoever includes this has spdlog. It is header-only, so the library needs none.
#include <spdlog/sinks/sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include <ergon/telemetry/logger.hpp>

namespace ergon::inline v0 {

/// A sink that hands spdlog's records to Ergon: with their level, their logger's name (spdlog's default
/// logger has none: `app`), the ids of the current span, and, where spdlog's macros gave it, their place in
/// the program, as attributes (`code.file.path`, `code.line.number`, `code.function.name`; `{source}` is for
/// our own calls). spdlog has made the message of the arguments
/// then; its patterns are of no matter. Levels are looked at twice: spdlog's own first, then those of
/// `LoggingConfig`. Any thread; a logger with a name is looked up for each record, under a short lock. Behind
/// spdlog's asynchronous logger the thread is spdlog's, which has no current span.
class SpdlogSink final : public spdlog::sinks::sink {
 public:
  void log(const spdlog::details::log_msg& message) override {
#if !defined(ERGON_TELEMETRY_OFF)
    const std::string_view name = view_of(message.logger_name);
    const detail::LoggerState& state =
        name.empty() ? detail::default_logger : detail::intern_logger(name, {});
    const Level level = level_of(message.level);
    if (level == Level::off || !state.is_enabled(level)) return;
    const std::array<Attribute, 3> place{
        { {"code.file.path", text_of(message.source.filename)},
          {"code.line.number", message.source.line},
          { "code.function.name",
            text_of(message.source.funcname) } }};
    const std::size_t given = message.source.empty() ? 0 : place.size();
    const detail::LogDetails details{.attributes = { place.data(), given }};
    const detail::OpenLog log =
        detail::begin_log({&state, level, view_of(message.payload), nullptr, 0}, details);
    if (log.arguments != nullptr) detail::commit_log(log);
#else
    static_cast<void>(message);
#endif
  }
  /// `Session::flush` is what waits.
  void flush() override {}
  void set_pattern(const std::string& /*pattern*/) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

 private:
  [[nodiscard]] static std::string_view view_of(spdlog::string_view_t text) noexcept {
    return {text.data(), text.size()};
  }
  [[nodiscard]] static std::string_view text_of(const char* text) noexcept {
    return text != nullptr ? text : "";
  }

  [[nodiscard]] static Level level_of(spdlog::level::level_enum level) noexcept {
    constexpr std::array kLevels{Level::trace, Level::debug,    Level::info, Level::warning,
                                 Level::error, Level::critical, Level::off};
    return kLevels[std::min(static_cast<std::size_t>(level), kLevels.size() - 1)];
  }
};

/// All that the program logs through spdlog goes to Ergon from now on, in place of the sinks that its loggers
/// had; those made later have their own, for which there is `SpdlogSink`. To be called while no other thread
/// logs.
inline void forward_spdlog() {
  const auto sink = std::make_shared<SpdlogSink>();
  spdlog::apply_all([&](const std::shared_ptr<spdlog::logger>& logger) { logger->sinks() = {sink}; });
  spdlog::default_logger()->sinks() = {sink};
}

}  // namespace ergon::inline v0
