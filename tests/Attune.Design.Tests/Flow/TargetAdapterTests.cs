using Attune.Design.Flow;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;

namespace Attune.Design.Tests.Flow;

public sealed class TargetAdapterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DesignSpace space = SpaceText.Read(SpaceText.Tiny);
    private readonly DesignNetworks networks;

    public TargetAdapterTests() => networks = new DesignNetworks(space, folder.Path, allowPrograms: false, TimeProvider.System);

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public async Task A_fleet_orders_a_new_device_and_says_what_to_measure_next()
    {
        using DesignStore store = Open();
        DesignSession session = await FleetAsync(store, ("server", 50, 8, 1), ("laptop", 8, 6, 2), ("board", 1, 4, 5));
        SyntheticDevice target = await TargetAsync(session);
        AdaptedTarget fleet = (await new TargetAdapter(session).RunAsync(target.Device, AdaptMethod.Fleet, CancellationToken.None))!;
        fleet.Method.ShouldBe(AdaptMethod.Fleet);
        fleet.Unseen!.Value.Estimate.ShouldBeGreaterThan(0.95);
        fleet.Samples.ShouldBe(30);
        fleet.Proxies.ShouldNotBeEmpty();
        fleet.Differences.ShouldNotBeEmpty();
        store.Measurement(target.Device, space.IdOf(fleet.Next!.Point)).ShouldBeNull();
        fleet.Next.Among.ShouldBeGreaterThan(10);
        fleet.Next.Disagreement.ShouldBeInRange(0, 1);
    }

    [Fact]
    public async Task Without_a_wish_the_method_with_less_error_on_designs_left_out_is_used()
    {
        using DesignStore store = Open();
        DesignSession session = await FleetAsync(store, ("server", 50, 8, 1), ("board", 1, 4, 5));
        SyntheticDevice target = await TargetAsync(session);
        AdaptedTarget chosen = (await new TargetAdapter(session).RunAsync(target.Device, null, CancellationToken.None))!;
        chosen.Rejected.ShouldNotBeNull();
        chosen.RelativeError.ShouldBeLessThanOrEqualTo(chosen.Rejected.Value.RelativeError);
        chosen.Method.ShouldNotBe(chosen.Rejected.Value.Method);
        chosen.Next.ShouldNotBeNull();
    }

    [Fact]
    public async Task One_known_device_is_no_fleet()
    {
        using DesignStore store = Open();
        DesignSession session = await FleetAsync(store, ("server", 50, 8, 1));
        SyntheticDevice target = await TargetAsync(session);
        var adapter = new TargetAdapter(session);
        (await adapter.RunAsync(target.Device, AdaptMethod.Fleet, CancellationToken.None)).ShouldBeNull();
        (await adapter.RunAsync(target.Device, null, CancellationToken.None))!.Method.ShouldBe(AdaptMethod.Stack);
    }

    [Fact]
    public async Task AdaProxy_takes_the_device_that_orders_the_samples_best()
    {
        using DesignStore store = Open();
        DesignSession session = await FleetAsync(store, ("far", 50, 8, 20), ("near", 2.1, 6, 3.2));
        SyntheticDevice target = await TargetAsync(session);
        AdaptedTarget one = (await new TargetAdapter(session).RunAsync(target.Device, AdaptMethod.AdaProxy, CancellationToken.None))!;
        one.Method.ShouldBe(AdaptMethod.AdaProxy);
        one.Proxies.Single().Device.ShouldBe(SyntheticDevice.Key("near"));
    }

    [Fact]
    public async Task Nothing_is_adapted_to_a_device_that_was_not_measured()
    {
        using DesignStore store = Open();
        DesignSession session = await FleetAsync(store, ("server", 50, 8, 1), ("board", 1, 4, 5));
        foreach (AdaptMethod method in Enum.GetValues<AdaptMethod>())
        {
            (await new TargetAdapter(session).RunAsync(SyntheticDevice.Key("unknown"), method, CancellationToken.None)).ShouldBeNull();
        }
    }

    public void Dispose() => folder.Dispose();

    private DesignStore Open() => DesignStore.Open(folder.File("s.jsonl"), TimeProvider.System);

    private async Task<DesignSession> FleetAsync(DesignStore store, params (string Name, double Gflops, double Gigabytes, double Depthwise)[] devices)
    {
        var session = new DesignSession(networks, store, TimeProvider.System);
        foreach ((string name, double gflops, double gigabytes, double depthwise) in devices)
        {
            await new ProxyBuilder(
                session,
                new SyntheticDevice(networks, SyntheticDevice.Key(name), gflops, gigabytes, depthwise),
                TimeProvider.System).RunAsync(40, 0, 1, null, CancellationToken.None);
        }

        return session;
    }

    private async Task<SyntheticDevice> TargetAsync(DesignSession session)
    {
        var target = new SyntheticDevice(networks, SyntheticDevice.Key("phone"), 2, 6, depthwise: 3, noise: 0.01);
        await session.MeasureAsync(
            target, await session.SampleAsync(30, 2, session.EncoderOf(target.Device), CancellationToken.None), withUnits: false, null, CancellationToken.None);
        return target;
    }
}
