#include "trial/checksum.hpp"

#include <openssl/evp.h>

#include "rlrun/error.hpp"

namespace rlrun {

namespace {

// Looked up once: for short texts that takes longer than the hash.
const EVP_MD* sha256() {
  static const EVP_MD* const kFound = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  RLRUN_CHECK(kFound != nullptr);
  return kFound;
}

}  // namespace

struct Sha256::Context {
  Context() : digest(EVP_MD_CTX_new()) {}
  ~Context() { EVP_MD_CTX_free(digest); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  EVP_MD_CTX* digest;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  RLRUN_CHECK(EVP_DigestInit_ex(context_->digest, sha256(), nullptr) == 1);
}

Sha256::Sha256(const Sha256& other) : context_(std::make_unique<Context>()) {
  RLRUN_CHECK(EVP_MD_CTX_copy_ex(context_->digest, other.context_->digest) == 1);
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  RLRUN_CHECK(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size()) == 1);
}

Sha256::Hash Sha256::finish() {
  Hash hash{};
  RLRUN_CHECK(EVP_DigestFinal_ex(context_->digest, hash.data(), nullptr) == 1);
  RLRUN_CHECK(EVP_DigestInit_ex(context_->digest, sha256(), nullptr) == 1);
  return hash;
}

std::string to_hex(const Sha256::Hash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * hash.size());
  for (const unsigned char byte : hash) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 sha;
  sha.update(bytes);
  return to_hex(sha.finish());
}

std::uint32_t crc32(std::string_view bytes) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t remainder = i;
      for (int bit = 0; bit < 8; ++bit)
        remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0xEDB88320U : 0U);
      table[i] = remainder;
    }
    return table;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes)
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

}  // namespace rlrun
