// Reads the manifest section of a plugin file by hand, so that no code of it runs. Every offset and
// size comes from an untrusted file and is checked before it is used.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>
#include <type_traits>

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rlrun/plugin.hpp"

#include "plugin/catalog.hpp"
#include "plugin/names.hpp"

namespace rlrun {
namespace {

constexpr std::uint64_t kMaxManifest = 64 * 1024;
constexpr std::uint64_t kMaxSectionNames = 16 * 1024 * 1024;

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "the number of this architecture in ELF files is missing here"
#endif

/// Why a file is refused; becomes PluginFile::problem.
struct Refusal {
  std::string reason;
};

/// A regular file, opened for reading.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path)
      // O_NONBLOCK: a pipe or device with a plugin's name must not stop us.
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor_ < 0) throw Refusal{std::string("cannot be opened: ") + std::strerror(errno)};
    struct stat status = {};
    if (fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
      close(descriptor_);
      throw Refusal{"is not a regular file"};
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  ~InputFile() { close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Whether all of these bytes lie inside the file.
  [[nodiscard]] bool contains(std::uint64_t offset, std::uint64_t size) const {
    return offset <= size_ && size <= size_ - offset;
  }

  void read(std::uint64_t offset, void* data, std::uint64_t size) const {
    if (!contains(offset, size)) throw Refusal{"is truncated or damaged"};
    auto* to = static_cast<char*>(data);
    while (size > 0) {
      const ssize_t n = pread(descriptor_, to, size, static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) throw Refusal{"cannot be read"};  // also: it shrank under our hands
      to += n;
      offset += static_cast<std::uint64_t>(n);
      size -= static_cast<std::uint64_t>(n);
    }
  }

 private:
  int descriptor_;
  std::uint64_t size_ = 0;
};

Elf64_Ehdr read_header(const InputFile& file) {
  if (!file.contains(0, sizeof(Elf64_Ehdr))) throw Refusal{"is not a shared library (too short)"};
  Elf64_Ehdr header;
  file.read(0, &header, sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    throw Refusal{"is not a shared library (no ELF file)"};
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != kMachine)
    throw Refusal{"is a library for another kind of machine"};
  if (header.e_type != ET_DYN) throw Refusal{"is an ELF file, but not a shared library"};
  return header;
}

/// The content of the manifest section.
std::string read_section(const InputFile& file) {
  const Elf64_Ehdr header = read_header(file);
  if (header.e_shnum == 0) throw Refusal{"has no sections, so no manifest"};
  if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shstrndx >= header.e_shnum)
    throw Refusal{"is truncated or damaged (section table)"};
  std::vector<Elf64_Shdr> sections(header.e_shnum);
  file.read(header.e_shoff, sections.data(), sections.size() * sizeof(Elf64_Shdr));

  const Elf64_Shdr& names_section = sections[header.e_shstrndx];
  if (names_section.sh_type != SHT_STRTAB || names_section.sh_size > kMaxSectionNames)
    throw Refusal{"is truncated or damaged (section names)"};
  if (!file.contains(names_section.sh_offset, names_section.sh_size))
    throw Refusal{"is truncated or damaged (section names)"};
  std::string names(names_section.sh_size, '\0');
  file.read(names_section.sh_offset, names.data(), names.size());

  const Elf64_Shdr* found = nullptr;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_name >= names.size()) continue;
    // Up to the terminating zero, or to the end of the table in a damaged file.
    if (std::string_view(names.c_str() + section.sh_name) != RLRUN_MANIFEST_SECTION) continue;
    if (found != nullptr) throw Refusal{"has two manifests"};
    found = &section;
  }
  if (found == nullptr) throw Refusal{"is no rlrun plugin (it has no manifest; see RLRUN_PLUGIN)"};
  if (found->sh_type != SHT_PROGBITS || found->sh_size > kMaxManifest)
    throw Refusal{"has a damaged manifest (section header)"};
  std::string content(found->sh_size, '\0');
  file.read(found->sh_offset, content.data(), content.size());
  // The text ends with the zero of its string literal; the linker may add padding.
  const auto end = content.find('\0');
  if (end == std::string::npos) throw Refusal{"has a damaged manifest (no end)"};
  content.resize(end);
  return content;
}

/// The next line of `text`, which is shortened by it.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::optional<Kind> kind_named(std::string_view name) {
  for (const Kind kind : kKinds)
    if (name == kind_name(kind)) return kind;
  return std::nullopt;
}

void parse_provides(std::string_view text, PluginFile& plugin) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    const auto colon = item.find(':');
    const auto kind = kind_named(item.substr(0, colon));
    if (colon == std::string_view::npos || !kind)
      throw Refusal{
          "has a damaged manifest: expected env:NAME, wrapper:NAME, algorithm:NAME or policy:NAME"};
    const std::string name(item.substr(colon + 1));
    try {
      check_name(name, kind_name(*kind));
    } catch (const UserError& error) {
      throw Refusal{std::string("has a bad manifest: ") + error.what()};
    }
    const std::pair<Kind, std::string> entry(*kind, name);
    if (std::find(plugin.provides.begin(), plugin.provides.end(), entry) != plugin.provides.end())
      throw Refusal{"has a bad manifest: it names " + std::string(kind_name(*kind)) + " '" + name +
                    "' twice"};
    plugin.provides.push_back(entry);
  }
}

void parse_manifest(std::string_view text, PluginFile& plugin) {
  const auto printable = [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); };
  if (!std::all_of(text.begin(), text.end(), printable))
    throw Refusal{"has a damaged manifest (control characters)"};
  if (take_line(text) != RLRUN_MANIFEST_MAGIC)
    throw Refusal{"has a manifest of another format: rebuild it with this rlrun"};
  std::map<std::string_view, std::string_view> fields;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos ||
        !fields.emplace(line.substr(0, colon), line.substr(colon + 2)).second)
      throw Refusal{"has a damaged manifest (line '" + std::string(line) + "')"};
  }
  for (const char* key : {"abi", "name", "version", "provides"})
    if (!fields.contains(key)) throw Refusal{std::string("has a manifest without ") + key};
  plugin.abi = fields["abi"];
  plugin.name = fields["name"];
  plugin.version = fields["version"];
  parse_provides(fields["provides"], plugin);
  if (plugin.abi != RLRUN_ABI)
    throw Refusal{"is built for '" + plugin.abi +
                  "', this is '" RLRUN_ABI
                  "': rebuild it with the compiler, flags and headers of this rlrun"};
  if (plugin.provides.empty()) throw Refusal{"has a manifest that offers nothing"};
}

}  // namespace

PluginFile read_manifest(const std::filesystem::path& path) {
  PluginFile plugin;
  plugin.path = path;
  try {
    const InputFile file(path);
    parse_manifest(read_section(file), plugin);
  } catch (const Refusal& refusal) {
    plugin.problem = refusal.reason;
  }
  return plugin;
}

}  // namespace rlrun
