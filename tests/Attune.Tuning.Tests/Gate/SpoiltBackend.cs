using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;

namespace Attune.Tuning.Tests.Gate;

/// <summary>
/// A device on which all kernels but one look five times as fast as they are, and spoil what they computed: the output is changed behind their back.
/// </summary>
/// <param name="inner">The real device; owned.</param>
/// <param name="sound">Tells the kernel that stays as it is.</param>
/// <param name="every">A run in so many is spoilt.</param>
/// <param name="spoil">Changes the floats of the output.</param>
internal sealed class SpoiltBackend(IBackend inner, Func<KernelSource, bool> sound, int every, Action<Span<float>> spoil) : IBackend
{
    private const double Gain = 5;

    public DeviceProfile Profile => inner.Profile;

    public int Spoilt { get; private set; }

    public IDeviceMemory Allocate(long bytes) => inner.Allocate(bytes);

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public Result<IDeviceKernel, string> Compile(KernelSource source)
    {
        Result<IDeviceKernel, string> compiled = inner.Compile(source);
        if (!compiled.Succeeded || sound(source))
        {
            return compiled;
        }

        Spoilt++;
        return new Kernel(compiled.Value);
    }

    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads) =>
        kernel is Kernel spoilt ? new Launch(inner.Prepare(spoilt.Inner, turns, threads), turns, every, spoil) : inner.Prepare(kernel, turns, threads);

    public ITimeline CreateTimeline() => inner.CreateTimeline();

    public void Dispose() => inner.Dispose();

    private sealed record Kernel(IDeviceKernel Inner) : IDeviceKernel
    {
        public long SharedFloats => Inner.SharedFloats;

        public long ScratchFloats => Inner.ScratchFloats;

        public void Dispose() => Inner.Dispose();
    }

    private sealed class Launch(ILaunch inner, ImmutableArray<KernelArguments> turns, int every, Action<Span<float>> spoil) : ILaunch
    {
        private int runs;

        public double Run(int times)
        {
            double ms = 0;
            for (int i = 0; i < times; i++)
            {
                ms += inner.Run(1);
                DeviceRegion output = turns[runs % turns.Length].Operands[^1];
                if (runs++ % every == every - 1)
                {
                    float[] all = new float[(output.Memory!.Bytes - output.Offset) / sizeof(float)];
                    output.Memory.Read(output.Offset, MemoryMarshal.AsBytes(all.AsSpan()));
                    spoil(all);
                    output.Memory.Write(output.Offset, MemoryMarshal.AsBytes(all.AsSpan()));
                }
            }

            return ms / Gain;
        }

        public void Begin() => Run(1);

        public void Dispose() => inner.Dispose();
    }
}
