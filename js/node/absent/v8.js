const { functions, classes } = require('internal/absent');
const why = 'functions do not run on V8';

function usage() {
  const { heapUsed, heapTotal } = require('process').memoryUsage();
  return { heapUsed, heapTotal };
}

exports.v8 = classes(functions({
  cachedDataVersionTag() { return 0; },
  getHeapStatistics() {
    const { heapUsed, heapTotal } = usage();
    const limit = require('os').totalmem();
    return {
      total_heap_size: heapTotal, total_heap_size_executable: 0, total_physical_size: heapTotal, total_available_size: limit,
      used_heap_size: heapUsed, heap_size_limit: limit, malloced_memory: 0, peak_malloced_memory: 0, does_zap_garbage: 0,
      number_of_native_contexts: 1, number_of_detached_contexts: 0, total_global_handles_size: 0, used_global_handles_size: 0, external_memory: 0,
    };
  },
  getHeapSpaceStatistics() { return []; },
  getHeapCodeStatistics() { return { code_and_metadata_size: 0, bytecode_and_metadata_size: 0, external_script_source_size: 0, cpu_profiler_metadata_size: 0 }; },
  setFlagsFromString() {},
  takeCoverage() {},
  stopCoverage() {},
  setHeapSnapshotNearHeapLimit() {},
  // The format is our own: what serialize writes only deserialize reads.
  serialize(value) { return require('internal/clone').serialize(value); },
  deserialize(bytes) { return require('internal/clone').deserialize(bytes); },
  startupSnapshot: { isBuildingSnapshot() { return false; } },
}, 'v8', why, ['getHeapSnapshot', 'writeHeapSnapshot', 'queryObjects']), 'v8', why, ['Serializer', 'Deserializer', 'DefaultSerializer', 'DefaultDeserializer', 'GCProfiler']);
