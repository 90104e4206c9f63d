using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;

namespace Attune.Design.Tests.Local;

/// <summary>A device that works until it is told to fail.</summary>
/// <param name="inner">The device that works; owned.</param>
internal sealed class FailingBackend(IBackend inner) : IBackend
{
    public bool Fails { get; set; }

    public bool IsDisposed { get; private set; }

    public DeviceProfile Profile => inner.Profile;

    public IDeviceMemory Allocate(long bytes) => inner.Allocate(bytes);

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public Result<IDeviceKernel, string> Compile(KernelSource source) => inner.Compile(source);

    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads) =>
        new Launch(this, inner.Prepare(kernel, turns, threads));

    public ITimeline CreateTimeline() => inner.CreateTimeline();

    public void Dispose()
    {
        IsDisposed = true;
        inner.Dispose();
    }

    private sealed class Launch(FailingBackend device, ILaunch inner) : ILaunch
    {
        public double Run(int times)
        {
            Require();
            return inner.Run(times);
        }

        public void Begin()
        {
            Require();
            inner.Begin();
        }

        public void Dispose() => inner.Dispose();

        private void Require()
        {
            if (device.Fails)
            {
                throw new DeviceException("the device fell off its bus.") { IsLost = true };
            }
        }
    }
}
