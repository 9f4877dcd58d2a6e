#include "filter.h"

int filter_install_zygote(void)
{
    return 0;
}

int filter_install_sandbox(void)
{
    return 0;
}
