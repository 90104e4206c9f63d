using System.Globalization;
using Attune.Kernels.Backends;

namespace Attune.Bench.Gpu;

/// <summary>
/// Checks kernels of every template on a device. Exit code 0 when all are right, 1 when one is not, 2 when it was called wrongly or has no device.
/// </summary>
internal static class Program
{
    private const int Wrong = 1;
    private const int Usage = 2;

    private static int Main(string[] arguments)
    {
        if (arguments is not [var name, var text] || !DeviceName.TryParse(name, CultureInfo.InvariantCulture, out DeviceName? device)
            || !int.TryParse(text, CultureInfo.InvariantCulture, out int points) || points < 1)
        {
            Console.Error.WriteLine("Usage: bench-gpu DEVICE POINTS   DEVICE: opencl:0, cuda:0; POINTS: configurations of each template, at least 1.");
            return Usage;
        }

        try
        {
            using var conformance = new Conformance(device);
            return conformance.Run(points, Console.Out) ? 0 : Wrong;
        }
        catch (InvalidOperationException missing)
        {
            Console.Error.WriteLine(missing.Message);
            return Usage;
        }
    }
}
