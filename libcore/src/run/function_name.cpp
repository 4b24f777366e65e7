#include "run/function_name.hpp"

#include <algorithm>
#include <cstring>

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rlrun {
namespace {

// A file in memory. What it says of itself is not believed.
class MappedFile {
 public:
  explicit MappedFile(const char* path) {
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat status;
    if (fstat(descriptor, &status) == 0 && status.st_size > 0) {
      void* memory =
          mmap(nullptr, std::size_t(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
      if (memory != MAP_FAILED) {
        data_ = static_cast<const char*>(memory);
        size_ = std::size_t(status.st_size);
      }
    }
    close(descriptor);
  }
  ~MappedFile() {
    if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /// `count` objects at a place of the file; null if they do not lie in it.
  template <class T>
  [[nodiscard]] const T* at(std::uint64_t place, std::uint64_t count = 1) const {
    if (place > size_ || count > (size_ - place) / sizeof(T) || place % alignof(T) != 0)
      return nullptr;
    return reinterpret_cast<const T*>(data_ + place);
  }

 private:
  const char* data_ = nullptr;
  std::uint64_t size_ = 0;
};

// Whether the function is in this table of symbols.
bool find_in(const MappedFile& elf, const Elf64_Shdr& table, const Elf64_Shdr& texts,
             std::uint64_t offset, char* name, std::size_t size) {
  const std::uint64_t count = table.sh_size / sizeof(Elf64_Sym);
  const auto* symbols = elf.at<Elf64_Sym>(table.sh_offset, count);
  const char* text = elf.at<char>(texts.sh_offset, texts.sh_size);
  if (symbols == nullptr || text == nullptr) return false;
  for (std::uint64_t k = 0; k < count; ++k) {
    const Elf64_Sym& symbol = symbols[k];
    if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_name >= texts.sh_size) continue;
    if (offset < symbol.st_value || offset - symbol.st_value >= symbol.st_size) continue;
    const std::size_t length =
        strnlen(text + symbol.st_name, std::min(size - 1, texts.sh_size - symbol.st_name));
    std::memcpy(name, text + symbol.st_name, length);
    name[length] = '\0';
    return true;
  }
  return false;
}

}  // namespace

void find_function_name(const char* file, std::uint64_t offset, char* name, std::size_t size) {
  name[0] = '\0';
  const MappedFile elf(file);
  const auto* header = elf.at<Elf64_Ehdr>(0);
  if (header == nullptr || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64)
    return;
  const auto* sections = elf.at<Elf64_Shdr>(header->e_shoff, header->e_shnum);
  if (sections == nullptr) return;
  // What has been stripped still names what it offers to others.
  for (const Elf64_Word type : {SHT_SYMTAB, SHT_DYNSYM})
    for (Elf64_Half i = 0; i < header->e_shnum; ++i)
      if (sections[i].sh_type == type && sections[i].sh_link < header->e_shnum &&
          find_in(elf, sections[i], sections[sections[i].sh_link], offset, name, size))
        return;
}

}  // namespace rlrun
