using System.Runtime.InteropServices;

namespace Attune.Kernels.Loops;

/// <content>Loads and stores.</content>
internal sealed partial class Interpreter
{
    private void Write(Buffer buffer, Index offset, Value value, int count)
    {
        int at = (int)offset.Evaluate(variables);
        switch (buffer.Element)
        {
            case DataType.Int32:
                Integers(value).AsSpan(0, count).CopyTo(MemoryMarshal.Cast<float, int>(Words(buffer).AsSpan()).Slice(at, count));
                break;
            case DataType.UInt8:
                Array.ConvertAll(Integers(value), number => (byte)Math.Clamp(number, byte.MinValue, byte.MaxValue)).AsSpan(0, count)
                    .CopyTo(MemoryMarshal.AsBytes(Words(buffer).AsSpan()).Slice(at, count));
                break;
            case DataType.Int8:
                Array.ConvertAll(Integers(value), number => (sbyte)Math.Clamp(number, sbyte.MinValue, sbyte.MaxValue)).AsSpan(0, count)
                    .CopyTo(MemoryMarshal.Cast<float, sbyte>(Words(buffer).AsSpan()).Slice(at, count));
                break;
            case DataType.BFloat16:
                Array.ConvertAll(Evaluate(value), BFloat16.FromSingle).AsSpan(0, count)
                    .CopyTo(MemoryMarshal.Cast<float, BFloat16>(Words(buffer).AsSpan()).Slice(at, count));
                break;
            default:
                Evaluate(value).AsSpan(0, count).CopyTo(Floats(buffer).AsSpan(at, count));
                break;
        }

        Touch(buffer, at, count, writes: true);
    }

    private float[] Fetch(Buffer buffer, int offset)
    {
        switch (buffer.Element)
        {
            case DataType.Float16:
                return Array.ConvertAll(MemoryMarshal.Cast<float, ushort>(Words(buffer)).Slice(offset, program.Lanes).ToArray(), Half);
            case DataType.BFloat16:
                return Array.ConvertAll(
                    MemoryMarshal.Cast<float, BFloat16>(Words(buffer)).Slice(offset, program.Lanes).ToArray(), number => number.ToSingle());
            case DataType.UInt8:
                return Array.ConvertAll(MemoryMarshal.AsBytes(Words(buffer).AsSpan()).Slice(offset, program.Lanes).ToArray(), number => (float)number);
            case DataType.Int8:
                return Array.ConvertAll(MemoryMarshal.Cast<float, sbyte>(Words(buffer)).Slice(offset, program.Lanes).ToArray(), number => (float)number);
            default:
                return Seen(buffer, offset, program.Lanes).ToArray();
        }
    }

    private Span<float> Seen(Buffer buffer, int offset, int count)
    {
        Touch(buffer, offset, count, writes: false);
        return Words(buffer).AsSpan(offset, count);
    }

    private float One(float[] words, Buffer buffer, Index offset)
    {
        int at = (int)offset.Evaluate(variables);
        Touch(buffer, at, 1, writes: false);
        return words[at];
    }

    private static float Half(ushort bits) => BitConverter.UInt32BitsToSingle((((uint)bits & 0x8000) << 16) | (((uint)bits & 0x7FFF) << 13));

    private float[] Floats(Buffer buffer) =>
        buffer.Element == DataType.Float32
            ? Words(buffer)
            : throw new InvalidOperationException($"Buffer '{buffer}' holds {buffer.Element}; only vectors can be loaded from it.");

    private float[] Words(Buffer buffer) => buffer.Scope == MemoryScope.Group ? groupMemory![buffer] : memory[buffer.Position];
}
