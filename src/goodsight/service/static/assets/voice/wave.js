// @ts-check
/** Recordings as the service reads them: WAV, one channel, 16,000 samples a second. */

const SAMPLES_PER_SECOND = 16000;
const HEADER_BYTES = 44;
const PCM = 1;

/**
 * What a browser recorded, in whatever form it does that, as a WAV file.
 * @param {Blob} recorded
 * @returns {Promise<Blob>}
 */
export async function toWave(recorded) {
  // A context decodes into its own rate, and this one never makes a sound.
  const context = new OfflineAudioContext(1, 1, SAMPLES_PER_SECOND);
  const sound = await context.decodeAudioData(await recorded.arrayBuffer());
  const mixed = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel += 1) {
    sound.getChannelData(channel).forEach((sample, index) => {
      mixed[index] += sample / sound.numberOfChannels;
    });
  }
  return wave(mixed);
}

/** @param {Float32Array} samples in -1..1 */
function wave(samples) {
  const data = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * samples.length));
  /** @param {number} place @param {string} text */
  const write = (place, text) => {
    for (let index = 0; index < text.length; index += 1) {
      data.setUint8(place + index, text.charCodeAt(index));
    }
  };
  write(0, "RIFF");
  data.setUint32(4, data.byteLength - 8, true);
  write(8, "WAVEfmt ");
  data.setUint32(16, 16, true);
  data.setUint16(20, PCM, true);
  data.setUint16(22, 1, true);
  data.setUint32(24, SAMPLES_PER_SECOND, true);
  data.setUint32(28, 2 * SAMPLES_PER_SECOND, true);
  data.setUint16(32, 2, true);
  data.setUint16(34, 16, true);
  write(36, "data");
  data.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, index) => {
    const bounded = Math.max(-1, Math.min(1, sample));
    data.setInt16(HEADER_BYTES + 2 * index, bounded * 0x7fff, true);
  });
  return new Blob([data.buffer], { type: "audio/wav" });
}
