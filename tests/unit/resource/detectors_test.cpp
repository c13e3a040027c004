#include "telemetry/resource/detectors.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

// specification: semantic-conventions resource/host.md, os.md, process.md, container.md.
namespace ergon::telemetry {
namespace {

const std::string kId(64, 'a');

TEST(Detectors, FindTheContainerOfVersion1) {
  EXPECT_EQ(container_id("12:pids:/docker/" + kId + "\n", ""), kId);
  EXPECT_EQ(container_id("1:name=systemd:/system.slice/docker-" + kId + ".scope\n", ""), kId);
  EXPECT_EQ(container_id("1:cpu:/kubepods/besteffort/pod1/cri-containerd-" + kId + ".scope\n", ""), kId);
  EXPECT_EQ(container_id("0::/user.slice/user-0.slice\n", ""), "");
  EXPECT_EQ(container_id("1:cpu:/docker/" + std::string(63, 'a') + "\n", ""), "") << "too short";
  EXPECT_EQ(container_id("1:cpu:/docker/" + std::string(64, 'z') + "\n", ""), "") << "no hexadecimal digits";
}

TEST(Detectors, FindTheContainerOfVersion2) {
  const std::string mounts = "1 2 0:1 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/" +
                             std::string(64, 'b') + "\n3 4 8:1 /var/lib/docker/containers/" + kId +
                             "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n";
  EXPECT_EQ(container_id("0::/\n", mounts), kId);
  EXPECT_EQ(container_id("0::/\n", "3 4 8:1 / / rw - ext4 /dev/sda1 rw\n"), "");
  EXPECT_EQ(container_id("", ""), "");
}

TEST(Detectors, ReadWhatTheSystemSaysOfItself) {
  EXPECT_EQ(
      os_release_attributes("NAME=\"Debian GNU/Linux\"\nVERSION_ID='12'\nPRETTY_NAME=\"Debian \\\"12\\\"\"\n"
                            "ID=debian\nBUILD_ID=x\nno key\n"),
      (ResourceAttributes{{"os.name", "Debian GNU/Linux"},
                          {"os.version", "12"},
                          {"os.description", "Debian \"12\""},
                          {"os.build_id", "x"}}));
  EXPECT_EQ(os_release_attributes(""), ResourceAttributes{});
  const ResourceAttributes here = detect(OsDetector{});
  EXPECT_EQ(here.at("os.type"), ResourceValue("linux"));
  EXPECT_TRUE(here.contains("os.build_id"));
}

TEST(Detectors, NameTheArchitectureAsTheConventionsDo) {
  EXPECT_EQ(host_arch("x86_64"), "amd64");
  EXPECT_EQ(host_arch("aarch64"), "arm64");
  EXPECT_EQ(host_arch("s390x"), "s390x");
  const ResourceAttributes here = detect(HostDetector{});
  EXPECT_TRUE(here.contains("host.arch"));
  if (here.contains("host.id")) EXPECT_LE(std::get<std::string>(here.at("host.id")).size(), 64U);
}

TEST(Detectors, KnowThisProcess) {
  const ResourceAttributes here = detect(ProcessDetector{});
  const std::string path = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(here.at("process.executable.path"), ResourceValue(path));
  EXPECT_EQ(here.at("process.executable.name"), ResourceValue(path.substr(path.rfind('/') + 1)));
  EXPECT_EQ(here.at("process.parent_pid"), ResourceValue(std::int64_t{::getppid()}));
  EXPECT_EQ(here.at("process.working_directory"), ResourceValue(std::filesystem::current_path().string()));
  std::ostringstream line;
  for (const std::string& argument : std::get<std::vector<std::string>>(here.at("process.command_args")))
    line << argument << '\0';
  std::ostringstream expected;
  expected << std::ifstream("/proc/self/cmdline").rdbuf();
  EXPECT_EQ(line.str(), expected.str());
  EXPECT_FALSE(std::get<std::string>(here.at("process.owner")).empty());
}

TEST(Detectors, SayWhenTheProcessBegan) {
  const auto text = std::get<std::string>(detect(ProcessDetector{}).at("process.creation.time"));
  tm began{};
  ASSERT_NE(::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &began), nullptr) << text;
  const double age = std::difftime(::time(nullptr), ::timegm(&began));
  EXPECT_GE(age, -2) << text;
  EXPECT_LT(age, 3'600) << text;
}

}  // namespace
}  // namespace ergon::telemetry
