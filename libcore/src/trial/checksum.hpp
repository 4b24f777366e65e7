#pragma once
// SHA-256 (OpenSSL, which is used nowhere else) and CRC-32.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rlrun {

/// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  using Hash = std::array<unsigned char, 32>;

  Sha256();
  /// Goes on from what the other one has seen: texts that begin alike share the work of it.
  Sha256(const Sha256& other);
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void update(std::string_view bytes);
  /// The hash of everything since the construction or the last call.
  Hash finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string to_hex(const Sha256::Hash& hash);

/// 64 hex digits.
std::string sha256_hex(std::string_view bytes);

/// The CRC-32 of zlib, PNG and Ethernet.
std::uint32_t crc32(std::string_view bytes);

}  // namespace rlrun
