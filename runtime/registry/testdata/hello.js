exports.handler = async (e) => "hello " + e.name;
