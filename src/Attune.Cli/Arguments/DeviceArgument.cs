using System.CommandLine;
using Attune.Cli.Output;
using Attune.Kernels.Backends;

namespace Attune.Cli.Arguments;

/// <summary>The option that names the device to work on.</summary>
internal static class DeviceArgument
{
    /// <summary>--device of commands that make something: the processors unless given.</summary>
    /// <param name="description">What the device is for, in a sentence.</param>
    public static Option<string> Option(string description) => new("--device")
    {
        Description = $"{description} {Forms}",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => DeviceName.Cpu.ToString(),
    };

    /// <summary>--device of commands on tuned models: as tuned unless given.</summary>
    public static Option<string?> AsTuned() => new("--device")
    {
        Description = $"The device to run on. {Forms} Default: what a .attune file was tuned for last of what is here, else {DeviceName.Cpu}.",
        HelpName = "DEVICE",
    };

    /// <summary>The device that was named; null when none was.</summary>
    /// <exception cref="CommandFailedException">There is no such name.</exception>
    public static DeviceName? Named(string? text) => text is null ? null : Name(text);

    /// <summary>The device that was named, found on this machine.</summary>
    /// <exception cref="CommandFailedException">There is no such device.</exception>
    public static DeviceProfile Read(string text)
    {
        DeviceName name = Name(text);
        return DeviceProfile.Find(name).OrThrow(reason => Missing(name, reason));
    }

    /// <summary>The failure of a command whose device is not here.</summary>
    /// <param name="name">The device.</param>
    /// <param name="reason">What is missing, as a sentence without a full stop.</param>
    public static CommandFailedException Missing(DeviceName name, string reason) =>
        new(ExitCode.Device, ErrorCodes.NoDevice, $"{name} cannot be used here: {reason}.", "attune doctor");

    private static string Forms =>
        $"{DeviceName.Cpu}: the processors of this machine; opencl:0, cuda:0: the first device of a driver of OpenCL or CUDA (attune doctor lists them).";

    private static DeviceName Name(string text) =>
        DeviceName.TryParse(text, provider: null, out DeviceName? device)
            ? device
            : throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"'{text}' is no device; devices are called {DeviceName.Forms}.",
                $"Write --device {DeviceName.Cpu}, or leave it out; attune doctor lists the devices of this machine.");
}
