using System.CommandLine;
using Attune.Cli.Output;
using Attune.Kernels.Backends;

namespace Attune.Cli.Arguments;

/// <summary>The option that names the device to work on.</summary>
internal static class DeviceArgument
{
    /// <summary>The option.</summary>
    /// <param name="description">What the device is for, in a sentence.</param>
    public static Option<string> Option(string description) => new("--device")
    {
        Description = $"{description} {DeviceName.Cpu}: the processors of this machine.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => DeviceName.Cpu.ToString(),
    };

    /// <summary>The device that was named.</summary>
    /// <exception cref="CommandFailedException">There is no such device.</exception>
    public static DeviceName Read(string text) =>
        DeviceName.TryParse(text, provider: null, out DeviceName? device) && device == DeviceName.Cpu
            ? device
            : throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"There is no device '{text}' to run on; there is: {DeviceName.Cpu}.",
                $"Write --device {DeviceName.Cpu}, or leave it out.");
}
