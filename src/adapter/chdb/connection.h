#pragma once

#include "adapter/chdb/service.h"

namespace adapter::chdb {

/// Serves HTTP/1.1 requests on an accepted connection, one after another, until the client leaves, something breaks, or
/// the descriptor `stopping` becomes readable between two requests. Closes `descriptor`. Runs in the calling thread;
/// the only translation unit that knows Beast.
void serve_connection(int descriptor, bool unix_socket, int stopping, const Credentials& credentials, Service& service);

}  // namespace adapter::chdb
