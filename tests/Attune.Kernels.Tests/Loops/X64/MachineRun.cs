using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>Runs programs through the interpreter, through IL and as machine code of our own, and compares.</summary>
internal static unsafe class MachineRun
{
    /// <summary>What the buffers hold after work units 0 to <paramref name="units"/>.</summary>
    public static float[][] Run(KernelEntry entry, float[][] memory, int units)
    {
        float[][] copies = [.. memory.Select(buffer => (float[])buffer.Clone())];
        GCHandle[] pins = [.. copies.Select(buffer => GCHandle.Alloc(buffer, GCHandleType.Pinned))];
        float** table = stackalloc float*[copies.Length];
        for (int i = 0; i < copies.Length; i++)
        {
            table[i] = (float*)pins[i].AddrOfPinnedObject();
        }

        entry(table, 0, units);
        Array.ForEach(pins, pin => pin.Free());
        return copies;
    }

    /// <summary>The program as machine code.</summary>
    public static KernelEntry Compiled(LoopProgram program, VectorInstructions instructions) =>
        X64Lowering.Compile(program, instructions).OrThrow(refusal => new InvalidOperationException(refusal));

    /// <summary>What the interpreter makes of the buffers.</summary>
    public static float[][] Interpreted(LoopProgram program, float[][] memory, int units)
    {
        float[][] copies = [.. memory.Select(buffer => (float[])buffer.Clone())];
        Interpreter.Run(LoopPasses.Run(program), copies, 0, units);
        return copies;
    }

    /// <summary>Demands the same bits, but for the bits of what is no number.</summary>
    public static void ShouldBeAlike(float[][] actual, float[][] expected, string what)
    {
        for (int buffer = 0; buffer < expected.Length; buffer++)
        {
            for (int i = 0; i < expected[buffer].Length; i++)
            {
                float one = actual[buffer][i];
                float other = expected[buffer][i];
                if (BitConverter.SingleToInt32Bits(one) != BitConverter.SingleToInt32Bits(other) && !(float.IsNaN(one) && float.IsNaN(other)))
                {
                    throw new InvalidOperationException($"{what}: element {i} of buffer {buffer} is {one}, expected {other}.");
                }
            }
        }
    }

    /// <summary>Random floats between -2 and 2.</summary>
    public static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 4) - 2)];

    /// <summary>Floats of random bits, which mean integers or bytes.</summary>
    public static float[] Bits(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)))];
}
