using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Tests.Kernels;

/// <summary>The processor behind a wall: its memory can only be copied to and from, as that of a device with memory of its own.</summary>
internal sealed class FarBackend : IBackend
{
    private readonly IBackend inner = BackendCatalog.Open(DeviceName.Cpu).Value!;

    public DeviceProfile Profile => inner.Profile;

    public long CacheBytes { get; init; }

    /// <summary>The largest memory that was asked for.</summary>
    public long LargestBytes { get; private set; }

    public IDeviceMemory Allocate(long bytes)
    {
        LargestBytes = Math.Max(LargestBytes, bytes);
        return new FarMemory(inner.Allocate(bytes));
    }

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public Result<IDeviceKernel, string> Compile(KernelSource source) => inner.Compile(source);

    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads) =>
        inner.Prepare(
            kernel,
            [.. turns.Select(turn => new KernelArguments([.. turn.Operands.Select(Near)], Near(turn.Shared), [.. turn.Scratch.Select(Near)]))],
            threads);

    public ITimeline CreateTimeline() => inner.CreateTimeline();

    public void Dispose() => inner.Dispose();

    private static DeviceRegion Near(DeviceRegion region) => region.Memory is FarMemory far ? new DeviceRegion(far.Inner, region.Offset) : region;

    private sealed unsafe class FarMemory(IDeviceMemory inner) : IDeviceMemory
    {
        public IDeviceMemory Inner => inner;

        public long Bytes => inner.Bytes;

        public void* Host => null;

        public void Write(long offset, ReadOnlySpan<byte> source) => inner.Write(offset, source);

        public void Read(long offset, Span<byte> target) => inner.Read(offset, target);

        public void Copy(long offset, IDeviceMemory from, long fromOffset, long bytes) => inner.Copy(offset, ((FarMemory)from).Inner, fromOffset, bytes);

        public void Dispose() => inner.Dispose();
    }
}
