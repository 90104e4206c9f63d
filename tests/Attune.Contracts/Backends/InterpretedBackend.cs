using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
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
    public DeviceName Device => DeviceName.OpenCl(0);

    public KernelTarget Target { get; } = new()
    {
        Kind = TargetKind.OpenCl,
        Lanes = 1,
        Instructions = VectorInstructions.FusedMultiplyAdd,
        Groups = new GroupLimits(256, 32 << 10, 32),
    };

    public IDeviceMemory Allocate(long bytes) => new Memory((int)bytes);

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public IDeviceKernel? Compile(KernelSource source, out string? refusal)
    {
        foreach ((LoopProgram program, int units) in source.Phases)
        {
            // Printed as any device would want it, so that nothing runs here that has no text.
            refusal = Target.Groups!.Refusal(SourcePrinter.Print(program, "kernel", units).Shape, 0)
                ?? LoopVerifier.Verify(program, groups: Target.Groups).FirstOrDefault();
            if (refusal is not null)
            {
                return null;
            }
        }

        refusal = null;
        return new Kernel(source);
    }

    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads) => new Launch(((Kernel)kernel).Source, turns);

    public void Dispose()
    {
        // Memory and kernels are their owners'.
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
                Interpreter.Run(program, memory, 0, units);

                // Only what the program wrote goes back: operands may be parts of one memory.
                foreach (int written in SourcePrinter.Print(program, "kernel", units).Written.Where(position => position != CompiledKernel.ScratchSlot))
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
