// receiptio knows port 9100 only; the toy printers are wherever there was a free one.
const net = require("node:net");
const { connect } = net;
net.connect = (_port, host) => connect(Number(process.env.PRINTER_PORT), host);
