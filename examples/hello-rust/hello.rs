// Answers with its event. Build it as a WebAssembly module with
//
//     rustc --target wasm32-unknown-unknown --crate-type cdylib \
//         -C opt-level=s -C panic=abort -C lto -C strip=symbols -o bootstrap.wasm hello.rs

#[link(wasm_import_module = "lambent")]
extern "C" {
    fn respond(ptr: *const u8, len: usize);
}

#[no_mangle]
pub extern "C" fn lambent_alloc(size: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; size].into_boxed_slice()) as *mut u8
}

/// # Safety
/// `ptr` and `len` are of a buffer that `lambent_alloc` made.
#[no_mangle]
pub unsafe extern "C" fn handle(ptr: *mut u8, len: usize) {
    let event = Vec::from_raw_parts(ptr, len, len);
    let mut reply = b"{\"hello\":\"from Rust\",\"event\":".to_vec();
    reply.extend_from_slice(&event);
    reply.push(b'}');
    respond(reply.as_ptr(), reply.len());
}
