using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Loops;
using Attune.Kernels.Sources;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Contracts.Backends;

/// <summary>
/// A device of groups and lanes whose kernels the interpreter runs: every access is checked, and so are races and barriers that not all lanes reach. Its
/// durations say nothing.
/// </summary>
internal sealed class InterpretedBackend : IBackend
{
    public DeviceProfile Profile { get; } = new(DeviceName.OpenCl(0), "opencl-interpreter-000000", "Interpreter of loop programs", new KernelTarget
    {
        Kind = TargetKind.OpenCl,
        Lanes = 1,
        Instructions = VectorInstructions.FusedMultiplyAdd,
        Groups = new GroupLimits(256, 32 << 10, 32),
    });

    public KernelTarget Target => Profile.Target;

    public IDeviceMemory Allocate(long bytes) => new Memory((int)bytes);

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public Result<IDeviceKernel, string> Compile(KernelSource source)
    {
        foreach ((LoopProgram program, int units) in source.Phases)
        {
            // Printed as any device would want it, so that nothing runs here that has no text.
            string? refusal = Target.Groups!.Refusal(SourcePrinter.Print(program, "kernel", units).Shape, 0)
                ?? LoopVerifier.Verify(program, groups: Target.Groups).FirstOrDefault();
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return new Kernel(source);
    }

    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads) => new Launch(((Kernel)kernel).Source, turns);

    public ITimeline CreateTimeline() => new Timeline();

    public void Dispose()
    {
        // Memory and kernels are their owners'.
    }

    private sealed class Timeline : ITimeline
    {
        private int marks;

        public void Mark() => marks++;

        // One unit from mark to mark.
        public double[] Take()
        {
            double[] times = [.. Enumerable.Range(0, marks).Select(mark => (double)mark)];
            marks = 0;
            return times;
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed record Kernel(KernelSource Source) : IDeviceKernel
    {
        public long SharedFloats => Source.SharedFloats;

        public long ScratchFloats => 0;

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed unsafe class Memory(int bytes) : IDeviceMemory
    {
        public byte[] Contents { get; } = new byte[bytes];

        public long Bytes => Contents.Length;

        public void* Host => null;

        public void Write(long offset, ReadOnlySpan<byte> source) => source.CopyTo(Contents.AsSpan((int)offset));

        public void Read(long offset, Span<byte> target) => Contents.AsSpan((int)offset, target.Length).CopyTo(target);

        public void Copy(long offset, IDeviceMemory from, long fromOffset, long bytes) =>
            ((Memory)from).Contents.AsSpan((int)fromOffset, (int)bytes).CopyTo(Contents.AsSpan((int)offset));

        public void Dispose()
        {
            // Managed.
        }
    }

    private sealed class Launch(KernelSource source, ImmutableArray<KernelArguments> turns) : ILaunch
    {
        private int turn = -1;

        public double Run(int times)
        {
            for (int i = 0; i < times; i++)
            {
                Begin();
            }

            return times;
        }

        public void Begin()
        {
            turn = (turn + 1) % turns.Length;
            foreach ((LoopProgram program, int units) in source.Phases)
            {
                DeviceRegion[] regions =
                [
                    .. turns[turn].Operands, .. new DeviceRegion[CompiledKernel.SharedSlot - turns[turn].Operands.Length], turns[turn].Shared,
                ];
                float[][] memory = [.. regions.Select(Floats), new float[source.ScratchFloats]];
                SourceKernel printed = SourcePrinter.Print(program, "kernel", units);
                foreach (int position in printed.Aligned)
                {
                    printed.RequireAligned(position, regions[position].Offset);
                }

                Interpreter.Run(program, memory, 0, units);

                // Only what the program wrote goes back: operands may be parts of one memory.
                foreach (int written in printed.Written.Where(position => position != CompiledKernel.ScratchSlot))
                {
                    var to = (Memory)regions[written].Memory!;
                    MemoryMarshal.AsBytes(memory[written].AsSpan()).CopyTo(to.Contents.AsSpan((int)regions[written].Offset));
                }
            }
        }

        public void Dispose()
        {
            // Nothing is held.
        }

        private static float[] Floats(DeviceRegion region) =>
            region.Memory is Memory memory ? MemoryMarshal.Cast<byte, float>(memory.Contents.AsSpan((int)region.Offset)).ToArray() : [];
    }
}
