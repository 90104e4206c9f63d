using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;

namespace Attune.Runtime.Files;

/// <summary>Chooses the device that a tuned model runs on. Stateless.</summary>
internal static class DeviceChoice
{
    /// <summary>The model as the chosen device sees it, and that device.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wanted">The device that was asked for; null for the one tuned last of those that are here.</param>
    /// <returns>
    /// With a device that the model was not tuned on: what it says about one of the same kind, or else the model as it is, whose configurations then fit no
    /// task.
    /// </returns>
    /// <exception cref="DeviceMissingException">The device that was asked for, or each that the model was tuned on, is not here.</exception>
    public static (TunedModel Model, DeviceName Device) Of(TunedModel model, DeviceName? wanted)
    {
        if (model is { DeviceKind: TargetKind.Cpu, OtherTargets.IsEmpty: true })
        {
            // Most files: nothing to look for when they are loaded.
            return (model, wanted ?? DeviceName.Cpu);
        }

        if (wanted is not null)
        {
            TunedTarget[] alike = [.. model.Targets.Where(target => target.DeviceKind == wanted.Kind).OrderByDescending(target => target.CreatedAt)];
            if (alike.Length > 1)
            {
                string id = DeviceProfile.Find(wanted).OrThrow(reason => new DeviceMissingException(wanted, reason)).Id;
                alike = [.. alike.OrderBy(target => target.Device == id ? 0 : 1)];
            }

            return (alike is [var fitting, ..] ? model.For(fitting) : model, wanted);
        }

        DeviceMissingException? missing = null;
        foreach (TunedTarget target in model.Targets.OrderByDescending(target => target.CreatedAt))
        {
            if (target.DeviceKind == TargetKind.Cpu)
            {
                return (model.For(target), DeviceName.Cpu);
            }

            Result<DeviceProfile, string> found = Like(target);
            if (found.Succeeded)
            {
                return (model.For(target), found.Value.Name);
            }

            missing ??= new DeviceMissingException(DeviceName.Of(target.DeviceKind, 0), found.Error);
        }

        throw missing!;
    }

    // The very device, or else the first of its kind.
    private static Result<DeviceProfile, string> Like(TunedTarget target)
    {
        Result<DeviceProfile, string> first = DeviceProfile.Find(DeviceName.Of(target.DeviceKind, 0));
        Result<DeviceProfile, string> next = first;
        for (int number = 1; next.Succeeded; number++)
        {
            if (next.Value.Id == target.Device)
            {
                return next;
            }

            next = DeviceProfile.Find(DeviceName.Of(target.DeviceKind, number));
        }

        return first;
    }
}
